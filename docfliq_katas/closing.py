"""The closing words of a run of one lesson, the same for plain pytest and for `kata test`; green is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas import order, progress, starter
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Collection

    from docfliq_katas.catalogue import Lesson


def closing_words(lesson: Lesson, *, passed: Collection[str], red: Collection[str]) -> list[str]:
    """Return what the learner does next, a few lines; record the lesson as solved where it is.

    Args:
        lesson: The lesson that ran, as the learner has it.
        passed: The names of the tests that passed.
        red: The names of the tests that did not.

    Raises:
        Misuse: the lesson has no seal, or progress cannot be written.

    """
    foreign = starter.edited_judges(lesson)
    warning = [f"{path} is not the course's file: this verdict does not count. {_back(lesson)}" for path in foreign]
    if red:
        page = lesson.page.relative_to(project_root())
        return [*warning, f"A hint: kata hint {lesson.number}", f"Why it matters: {page}"]
    missing = set(lesson.tests) - set(passed)
    if missing:
        return [*warning, f"Green so far; {len(missing)} of {len(lesson.tests)} tests did not run"]
    if foreign:
        return warning
    news = progress.record_green(lesson)
    return [f"Solved: {lesson.title}.{'' if news else ' It was solved before.'}"]


def next_words(lesson: Lesson, *, how: str = "kata next") -> list[str]:
    """Return which lesson comes after this one and how to turn to it, in a line; nothing while this one is not solved.

    Raises:
        Misuse: another lesson of the course cannot be read.

    """
    if progress.of(lesson).state != "solved":
        return []
    following = order.next_lesson()
    return ["".join([*order.announced(following), f" ({how})"])] if following else ["Every lesson is solved."]


def _back(lesson: Lesson) -> str:
    return f"Put it back with `kata reset {lesson.number} --tests`."
