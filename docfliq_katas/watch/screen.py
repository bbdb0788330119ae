"""What `kata watch` shows: the verdict of one run, and what can be done next."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from docfliq_katas import overlay, progress
from docfliq_katas.cli import voice
from docfliq_katas.closing import closing_words
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run

KEYS = {
    "n": "next lesson",
    "h": "hint",
    "d": "diff",
    "r": "reset",
    "l": "list",
    "a": "run all",
    "q": "quit",
}
_CLEAR = "\x1b[H\x1b[2J\x1b[3J"


def clear() -> None:
    """Empty the terminal; elsewhere a line keeps runs apart."""
    if voice.plain() or os.environ.get("TERM", "dumb") == "dumb":
        voice.say("", "-" * 40)
    else:
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()


def running(lesson: Lesson) -> None:
    """Say which lesson runs."""
    voice.say(f"Lesson {lesson.number} {lesson.title}: running")


def verdict(lesson: Lesson, run: Run) -> None:
    """Show the first red test in full, the others in a line, then the verdict and what to do."""
    if run.problem:
        voice.say(run.problem.strip(), "", f"NO VERDICT ({run.seconds:.2f} s)")
        return
    for number, (test, message) in enumerate(run.red.items()):
        voice.say(f"red: {test}")
        if not number:
            sys.stdout.write(f"{message}\n\n")
    total = len({test.name for test in run.tests})
    if run.red:
        word = f"RED: {len(run.red)} of {total} tests"
    else:
        word = f"GREEN: {total} tests passed" if run.green else "NOT GREEN: a test was skipped"
    voice.say(f"{word} ({run.seconds:.2f} s)")
    passed = {test.name for test in run.tests if test.outcome == "passed"}
    voice.say(*closing_words(lesson, passed=passed, red=run.red))


def debrief(lesson: Lesson, following: Lesson | None) -> None:
    """Say what there is to see after green: the reference, another right answer, the page, the next lesson."""
    for variant in overlay.variants(lesson, "accepted")[:1]:
        name = variant.partition("/")[2].replace("_", " ")
        voice.say("", f"Also right, {name}: {overlay.reason(lesson, variant)}")
    voice.say(
        f"Your answer beside the reference: press d, or kata diff {lesson.number}",
        f"What is behind it: {lesson.page.relative_to(project_root())}",
    )
    if following and following.slug != lesson.slug:
        voice.say(f"Next: {following.number} {following.title} (press n, or kata next)")


def prompt(*, keys: bool) -> None:
    """Say what can be done now."""
    if keys:
        voice.say("", ", ".join(f"{key} {word}" for key, word in KEYS.items()))
    voice.say("Waiting for a file to be saved.")


def overview(lesson: Lesson) -> None:
    """Introduce the lesson: its ticket and the files to edit."""
    state = progress.of(lesson).state
    voice.say(
        f"Watching lesson {lesson.number} {lesson.title} ({state})",
        f"Ticket: {(lesson.folder / 'README.md').relative_to(project_root())}",
        f"To edit: {', '.join(lesson.edit)}",
    )
