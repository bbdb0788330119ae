"""`kata reset` and `kata attempts`: what they say about what was kept, put back and removed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from docfliq_katas import attempts, starter
from docfliq_katas.cli import voice

if TYPE_CHECKING:
    from docfliq_katas.attempts import Attempt, Change
    from docfliq_katas.catalogue import Lesson


def reset(lesson: Lesson, *, only_tests: bool) -> None:
    """Bring back the starter, or only the course's test file, and say where the attempt is."""
    change = attempts.reset(lesson, only_tests=only_tests)
    what = f"the course's part of lesson {lesson.number}" if only_tests else f"lesson {lesson.number}"
    if not change.written and not change.removed:
        voice.say(f"Nothing to put back: {what} is as the course published it.")
        return
    voice.say(f"Put back: {what} is as the course published it.")
    _tell(lesson, change)


def restore(lesson: Lesson, name: str) -> None:
    """Bring an attempt back and say what it replaced."""
    change = attempts.restore(lesson, name)
    if not change.written and not change.removed:
        voice.say(f"Nothing to do: lesson {lesson.number} is as that attempt left it.")
        return
    voice.say(f"Restored: lesson {lesson.number} is as that attempt left it.")
    _tell(lesson, change)
    for path in starter.edited_judges(lesson):
        voice.say(
            f"Its {path} is not the course's file, so a verdict does not count:"
            f" `kata reset {lesson.number} --tests` puts the course's back."
        )


def show(lesson: Lesson) -> None:
    """List the attempts at a lesson, the newest last."""
    known = attempts.kept(lesson)
    if not known:
        voice.say(f"Lesson {lesson.number} has no kept attempt: `kata reset {lesson.number}` makes one.")
        return
    voice.say(f"Attempts at lesson {lesson.number}, the newest last:")
    for attempt in known:
        changed = attempts.differences(lesson, attempt)
        voice.say(
            f"{attempt.name}  kept {_when(attempt)}, differs from the starter in {', '.join(changed) or 'nothing'}"
        )
    voice.say(f"Bring one back: `kata attempts {lesson.number} --restore {known[-1].name}`")


def _tell(lesson: Lesson, change: Change) -> None:
    if change.written:
        voice.say(f"Written: {', '.join(change.written)}")
    if change.removed:
        voice.say(f"Removed: {', '.join(change.removed)}")
    if change.kept:
        back = f"`kata attempts {lesson.number} --restore {change.kept.name}`"
        voice.say(f"What was there is kept as attempt {change.kept.name}: {back} brings it back.")


def _when(attempt: Attempt) -> str:
    return datetime.strptime(attempt.name.partition("-")[0], "%Y%m%dT%H%M%S%z").strftime("%Y-%m-%d %H:%M UTC")
