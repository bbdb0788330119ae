"""What `kata watch` shows: words for people, events for programs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from docfliq_katas import events, overlay, progress
from docfliq_katas.cli import voice
from docfliq_katas.closing import closing_words, next_words
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run, Test

KEYS = {
    "n": "next lesson",
    "h": "hint",
    "d": "diff",
    "r": "reset",
    "l": "list",
    "a": "run all",
    "q": "quit",
}
_CLEAR = "\x1b[H\x1b[2J"  # what has scrolled away stays


class Screen(Protocol):
    """Who is told what happens."""

    def overview(self, lesson: Lesson) -> None:
        """Introduce the lesson that is followed from now on."""

    def running(self, lesson: Lesson) -> None:
        """Say that a run has begun."""

    def test(self, lesson: Lesson, test: Test) -> None:
        """Say what came out of one test, while others still run."""

    def verdict(self, lesson: Lesson, run: Run) -> None:
        """Say what came out of all of them."""

    def prompt(self, *, keys: bool) -> None:
        """Say what can be done now."""


@dataclass(frozen=True)
class Events:
    """Events for a program, as `events` describes them."""

    emit: Callable[[events.Event], None]

    def overview(self, lesson: Lesson) -> None:
        """Say nothing: every event names its lesson."""

    def running(self, lesson: Lesson) -> None:
        """Tell that a run has begun."""
        self.emit(events.begun(lesson))

    def test(self, lesson: Lesson, test: Test) -> None:
        """Tell one test."""
        self.emit(events.tested(lesson, test))

    def verdict(self, lesson: Lesson, run: Run) -> None:
        """Tell the verdict, and remember a green one."""
        self.emit(events.ended(lesson, run))
        _closing_words(lesson, run)

    def prompt(self, *, keys: bool) -> None:
        """Say nothing: a program presses no keys."""


@dataclass
class Words:
    """Words on a terminal.

    Attributes:
        paths: Whether a line with file and line stands for each red test, for editors.
        reds: The red tests of this run that are shown.

    """

    paths: bool = False
    reds: list[str] = field(default_factory=list)

    def overview(self, lesson: Lesson) -> None:
        """Introduce the lesson: its ticket and the files to edit."""
        _clear()
        state = progress.of(lesson).state
        voice.say(
            f"Watching lesson {lesson.number} {lesson.title} ({state})",
            f"Ticket: {(lesson.folder / 'README.md').relative_to(project_root())}",
            f"To edit: {', '.join(lesson.edit)}",
        )

    def running(self, lesson: Lesson) -> None:
        """Say which lesson runs."""
        self.reds.clear()
        voice.say(f"Lesson {lesson.number} {lesson.title}: running")

    def test(self, lesson: Lesson, test: Test) -> None:  # noqa: ARG002 - programs want to know the lesson
        """Show the first red test in full, and each other one in a line, as soon as it is known."""
        if test.outcome == "passed" or test.name in self.reds:
            return
        if not self.reds:
            _clear()
        voice.say(f"red: {test.name}")
        if not self.reds:
            sys.stdout.write(f"{test.message}\n\n")
            sys.stdout.flush()
        self.reds.append(test.name)

    def verdict(self, lesson: Lesson, run: Run) -> None:
        """Say whether the lesson is green, and what to do next."""
        if not self.reds:
            _clear()
        if run.problem:
            voice.say(run.problem.strip(), "", f"NO VERDICT ({run.seconds:.2f} s)")
            return
        if len(run.red) > 1:
            voice.say_raw(f"One alone: pytest lessons/{lesson.number}::{min(list(run.red)[1:], key=len)}")
        voice.say(_word(run))
        for line in events.path_lines(lesson, run) if self.paths else ():
            voice.say_raw(line)
        voice.say(*_closing_words(lesson, run))
        if run.green:
            _debrief(lesson)

    def prompt(self, *, keys: bool) -> None:
        """Say what can be done now."""
        if keys:
            voice.say("", ", ".join(f"{key} {word}" for key, word in KEYS.items()))
        voice.say("Waiting for a file to be saved.")


def _clear() -> None:
    """Empty the terminal; elsewhere a line keeps runs apart."""
    if voice.plain() or os.environ.get("TERM", "dumb") == "dumb":
        voice.say("", "-" * 40)
    else:
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()


def _word(run: Run) -> str:
    if run.red:
        word = f"RED: {run.red_of_all}"
    else:
        word = (
            f"GREEN: {len({test.name for test in run.tests})} tests passed"
            if run.green
            else "NOT GREEN: a test was skipped"
        )
    return f"{word} ({run.seconds:.2f} s)"


def _closing_words(lesson: Lesson, run: Run) -> list[str]:
    if run.problem:
        return []
    passed = {test.name for test in run.tests if test.outcome == "passed"}
    return closing_words(lesson, passed=passed, red=run.red)


def _debrief(lesson: Lesson) -> None:
    """Say what there is to see after green: the reference, another right answer, the page, the next lesson."""
    for variant in overlay.variants(lesson, "accepted")[:1]:
        name = variant.partition("/")[2].replace("_", " ")
        voice.say("", f"Also right, {name}: {overlay.reason(lesson, variant)}")
    voice.say(
        f"Your answer beside the reference: press d, or kata diff {lesson.number}",
        f"What is behind it: {lesson.page.relative_to(project_root())}",
    )
    voice.say(*next_words(lesson, how="press n, or kata next"))
