"""`kata hint` and `kata diff`: help in small portions, and the solution for those who ask for it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from rich.text import Text

from docfliq_katas import progress, starter
from docfliq_katas.cli import voice
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def hint(lesson: Lesson) -> None:
    """Show the next hint and count it; after the last one, show all of them again."""
    seen = progress.of(lesson).hints
    total = len(lesson.hints)
    numbers = [seen + 1] if seen < total else list(range(1, total + 1))
    for number in numbers:
        voice.say(f"Hint {number} of {total} for lesson {lesson.number} {lesson.title}:", lesson.hints[number - 1], "")
    if numbers[-1] == total:
        voice.say(f"That was the last hint. The solution: kata diff {lesson.number}")
    else:
        voice.say(f"One more: kata hint {lesson.number}")
    if seen < total:
        progress.record_hint(lesson, seen + 1)


def difference(lesson: Lesson, *, agreed: bool) -> None:
    """Show the learner's slice against the reference as a unified diff.

    Raises:
        Misuse: the lesson is not solved, and nobody is there to say that it may be spoiled.

    """
    if not may_spoil(lesson, f"kata diff {lesson.number} --yes", agreed=agreed):
        voice.say("Not shown.")
        return
    lines = _unified(lesson)
    for line in lines:
        voice.say_raw(Text(line, _COLOURS.get(line[:1], "")))
    if not lines:
        voice.say("Your files are the same as the reference.")


def may_spoil(lesson: Lesson, command: str, *, agreed: bool) -> bool:
    """Say whether the solution may be shown: the lesson is solved, or somebody agrees.

    Args:
        lesson: The lesson.
        command: What shows the solution without a question.
        agreed: Somebody has agreed already.

    Raises:
        Misuse: nobody is there to be asked.

    """
    if agreed or progress.of(lesson).state == "solved":
        return True
    answer = voice.agrees(f"Lesson {lesson.number} is not solved yet, and this shows its solution. Show it?")
    if answer is None:
        raise Misuse(f"lesson {lesson.number} is not solved yet: `{command}` shows its solution")
    return answer


def _unified(lesson: Lesson) -> list[str]:
    from docfliq_katas.overlay import REFERENCE, overlay_files  # noqa: PLC0415 - hints need none of it

    mine = _slice(starter.files(lesson.folder))
    reference = _slice(starter.original(lesson) | overlay_files(lesson, REFERENCE))
    lines: list[str] = []
    for path in sorted(mine.keys() | reference.keys()):
        one, other = mine.get(path, []), reference.get(path, [])
        lines += difflib.unified_diff(one, other, f"mine/{path}", f"reference/{path}", lineterm="")
    return lines


def _slice(files: dict[str, bytes]) -> dict[str, list[str]]:
    return {
        path: data.decode("utf-8", errors="replace").splitlines()
        for path, data in files.items()
        if path.startswith("src/")
    }
