"""Which lesson comes next: those of the first week, while one of them is open, then the others by number."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from docfliq_katas import catalogue, progress, starter
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.progress import Progress

FIRST_WEEK = "lessons/first_week.toml"


def first_week() -> list[list[str]]:
    """Return for each day of the first week the slugs of its lessons, in order; none where there is no such file.

    Raises:
        Misuse: the file does not hold lists of slugs, one for each day.

    """
    path = project_root() / FIRST_WEEK
    if not path.is_file():
        return []
    days = catalogue.toml(path).get("days")
    if not isinstance(days, list) or not all(isinstance(day, list) for day in days):
        raise Misuse(f'{FIRST_WEEK}: days must be lists of slugs, such as days = [["n_plus_one"]]')
    return [[str(slug) for slug in day] for day in days]


def following(lessons: Sequence[Lesson], standing: Mapping[str, Progress]) -> Lesson | None:
    """Return the next lesson: the first open one, else the first that has changed; None when all is solved.

    Args:
        lessons: The lessons to choose from, by number.
        standing: slug -> how far it is, for each of them.

    """
    week = list(chain.from_iterable(first_week()))
    ordered = sorted(lessons, key=lambda lesson: week.index(lesson.slug) if lesson.slug in week else len(week))
    for state in ("open", "changed"):
        for lesson in ordered:
            if standing[lesson.slug].state == state:
                return lesson
    return None


def next_lesson() -> Lesson | None:
    """Return the next lesson of the course; None when all is solved."""
    lessons = starter.published()
    return following(lessons, progress.standing(lessons))


def announced(lesson: Lesson) -> tuple[str, str]:
    """Return what announces the next lesson, `Next on the first week: ` or `Next: `, and its number and title."""
    on_the_path = lesson.slug in chain.from_iterable(first_week())
    return f"Next{' on the first week' if on_the_path else ''}: ", f"{lesson.number} {lesson.title}"
