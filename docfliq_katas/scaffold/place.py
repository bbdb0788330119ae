"""Where a new lesson goes: its number, its chapter and its lines of the rulebook."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas import catalogue, rulebook
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_LONGEST = 40  # characters; folders, tables and links carry it
_NUMBERS = range(1, 100)


@dataclass(frozen=True)
class Place:
    """Where a new lesson goes.

    Attributes:
        slug: Its name, such as `n_plus_one`.
        number: Its place in the course, from 1 to 99.
        chapter: A key of `lessons/chapters.toml`.
        lines: The lines of the rulebook that `lessons/rulebook.toml` gives to it; may be empty.

    """

    slug: str
    number: int
    chapter: str
    lines: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The name of its folders, such as `38_n_plus_one`."""
        return f"{self.number:02}_{self.slug}"

    @property
    def title(self) -> str:
        """The title that the slug suggests, such as `N plus one`."""
        return self.slug.replace("_", " ").capitalize()


def find(slug: str, *, number: int | None = None, chapter: str | None = None) -> Place:
    """Return the place of a lesson that does not exist yet.

    Args:
        slug: Its name.
        number: Its number, where the plan gives none; by default the first that is free.
        chapter: Its chapter; by default that of the neighbour whose lines are nearest.

    Raises:
        Misuse: the slug is no name for a lesson, slug or number are taken, or there is no such chapter.

    """
    _check_slug(slug)
    taken = _taken()
    if slug in taken.values():
        raise Misuse(f"there is a lesson {slug!r} already: `kata list` names them; choose another slug")
    planned = rulebook.planned()
    found = _number(slug, number, taken, [each for each in planned if each not in taken.values()])
    lines = tuple(line.number for line in rulebook.lines() if line.lesson == slug)
    return Place(slug, found, _chapter(chapter, found, lines), lines)


def _check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise Misuse(f"{slug!r} is no slug: write it in snake_case, as n_plus_one")
    if len(slug) > _LONGEST:
        raise Misuse(f"the slug has {len(slug)} characters: take {_LONGEST} at most")
    if keyword.iskeyword(slug):
        raise Misuse(f"{slug!r} is a word of Python: choose another slug, such as {slug}_in_review")


def _taken() -> dict[int, str]:
    """Return number -> slug of everything that looks like a lesson, readable or not."""
    return {int(folder.name[:2]): folder.name[3:] for folder in catalogue.folders()}


def _number(slug: str, wanted: int | None, taken: dict[int, str], planned: list[str]) -> int:
    """Return the number: the planned lessons fill the gaps between the lessons that exist, in their order."""
    free = [number for number in _NUMBERS if number not in taken]
    plan = dict(zip(planned, free, strict=False))
    if slug in plan:
        if wanted not in (None, plan[slug]):
            raise Misuse(
                f"{rulebook.LINES} plans {slug!r} as {plan[slug]:02}: leave out --number, or move it in `planned`"
            )
        return plan[slug]
    if wanted in taken:
        raise Misuse(f"number {wanted:02} is taken by {taken[wanted]!r}: choose another, or leave out --number")
    unplanned = free[len(plan) :]
    if wanted is None and not unplanned:
        raise Misuse("every number up to 99 is taken or planned: choose one with --number; planned lessons move on")
    return unplanned[0] if wanted is None else wanted


def _chapter(wanted: str | None, number: int, lines: tuple[str, ...]) -> str:
    known = [chapter.key for chapter in catalogue.chapters()]
    if wanted is None:
        lessons = catalogue.lessons()
        before = [lesson for lesson in lessons if int(lesson.number) < number][-1:]
        after = [lesson for lesson in lessons if int(lesson.number) > number][:1]
        near = min([*before, *after], key=lambda lesson: _distance(lesson, number, lines), default=None)
        return near.chapter if near else known[0]
    if wanted not in known:
        raise Misuse(f"no chapter {wanted!r}: the chapters are {', '.join(known)}")
    return wanted


def _distance(lesson: Lesson, number: int, lines: tuple[str, ...]) -> tuple[int, int]:
    """Return how far away a neighbour is: in the rulebook, which goes by topics as chapters do, then in numbers."""
    between = (abs(int(one[1:]) - int(other[1:])) for one in lines for other in lesson.guidelines)
    return min(between, default=0), abs(int(lesson.number) - number)
