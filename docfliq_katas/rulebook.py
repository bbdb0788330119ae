"""The rulebook: what each of its lines asks, in our own words, the lesson that teaches it, and where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from docfliq_katas import catalogue
from docfliq_katas.catalogue import Entry, GuidelineLine, Text
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINES = "lessons/rulebook.toml"
CORRECTIONS = "lessons/corrections.toml"


class Line(Entry):
    """One line of the rulebook.

    Attributes:
        number: Its name, as `L170`.
        section: The part of the rulebook that it stands in.
        says: What it asks for, in our own words.
        lesson: The slug of the lesson that teaches it, which may be to come.

    """

    number: GuidelineLine
    section: Text
    says: Text
    lesson: Text


class Correction(Entry):
    """What the rulebook says and today's versions do not.

    Attributes:
        lines: The lines that say it.
        says: What they say, in our own words.
        measured: What is true instead.
        packages: The distributions whose pinned versions it was measured on.
        tests: The tests of this repository that measure it, as `tests/claims/test_pydantic.py::test_it`.

    """

    lines: Annotated[tuple[GuidelineLine, ...], Field(min_length=1)]
    says: Text
    measured: Text
    packages: Annotated[tuple[Text, ...], Field(min_length=1)]
    tests: Annotated[tuple[Text, ...], Field(min_length=1)]


_Kind = TypeVar("_Kind", bound=Entry)


def lines() -> list[Line]:
    """Return every line of the rulebook that asks for something, in order.

    Raises:
        Misuse: `lessons/rulebook.toml` cannot be read, or gives a line to a lesson that neither exists nor is planned.

    """
    data = catalogue.toml(project_root() / LINES)
    slugs = _written() | set(data.pop("planned", ()))
    found = [
        _entry(Line, {"number": number, "section": section, **row}, f"{LINES}: {number}")
        for section, rows in data.items()
        for number, row in rows.items()
    ]
    _check(found, slugs)
    return found


def planned() -> list[str]:
    """Return the slugs of the lessons to come, in the order in which they fill the free numbers.

    Raises:
        Misuse: `lessons/rulebook.toml` cannot be read.

    """
    return [str(slug) for slug in catalogue.toml(project_root() / LINES).get("planned", ())]


def corrections() -> list[Correction]:
    """Return where the rulebook is stale or contradicts itself.

    Raises:
        Misuse: `lessons/corrections.toml` cannot be read, or names a line that the rulebook does not have.

    """
    data = catalogue.toml(project_root() / CORRECTIONS)
    found = [_entry(Correction, row, CORRECTIONS) for row in data.get("corrections", ())]
    known = {line.number for line in lines()}
    for correction in found:
        for number in correction.lines:
            if number not in known:
                raise Misuse(f"{CORRECTIONS}: {number} is no line of {LINES}; name another")
    return found


def _check(found: Sequence[Line], slugs: set[str]) -> None:
    before = 0
    for line in found:
        if line.lesson not in slugs:
            raise Misuse(f"{LINES}: {line.number} belongs to {line.lesson!r}, no lesson and not planned; name another")
        if int(line.number[1:]) <= before:
            raise Misuse(f"{LINES}: {line.number} comes after L{before}; keep the lines in the rulebook's order")
        before = int(line.number[1:])


def _written() -> set[str]:
    # By their folders: one lesson.toml that cannot be read is told elsewhere, and is no fault of the rulebook.
    return {folder.name[3:] for folder in catalogue.folders()}


def _entry(kind: type[_Kind], row: Mapping[str, Any], where: str) -> _Kind:
    try:
        return kind(**row)
    except (ValidationError, TypeError) as error:
        raise Misuse(f"{where}: {catalogue.first_problem(error)}; repair it") from None
