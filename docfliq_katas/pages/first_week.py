"""The first week: which lessons on which day, in an order in which each helps with the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas import order
from docfliq_katas.errors import Misuse
from docfliq_katas.pages.parts import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docfliq_katas.catalogue import Lesson


def table(lessons: Sequence[Lesson]) -> str:
    """Return the lessons of the first week as a table with the minutes of each, and of each day below it.

    Raises:
        Misuse: the file names a lesson that does not exist.

    """
    days = [[_lesson(slug, lessons) for slug in day] for day in order.first_week()]
    head = ["| Day | Lesson | What it is about | Minutes |", "| --- | --- | --- | ---: |"]
    rows = [_row(number, lesson) for number, day in enumerate(days, 1) for lesson in day]
    minutes = [sum(lesson.minutes for lesson in day) for day in days]
    sums = f"{sum(map(len, days))} lessons, {sum(minutes)} minutes: " + ", ".join(map(str, minutes)) + " a day."
    return "\n".join([*head, *rows, "", sums])


def _row(day: int, lesson: Lesson) -> str:
    return f"| {day} | {link(lesson)} | {lesson.rule} | {lesson.minutes} |"


def _lesson(slug: str, lessons: Sequence[Lesson]) -> Lesson:
    for lesson in lessons:
        if lesson.slug == slug:
            return lesson
    raise Misuse(f"{order.FIRST_WEEK}: no lesson {slug!r}; name lessons by their slugs")
