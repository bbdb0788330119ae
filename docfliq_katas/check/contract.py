"""The contract of a lesson's folder: what can be judged by reading lesson.toml, the README and the slice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docfliq_katas.rulebook import LINES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.check.violation import Published
    from docfliq_katas.rulebook import Line

_SCREEN_LINES = 40
_SCREEN_COLUMNS = 100
_GIVEAWAY = re.compile(r"\b(?:BUG|TODO|FIXME)\b|\?\?\?")


def problems(
    published: Published,
    course: Sequence[Lesson],
    chapters: Sequence[str],
    book: Sequence[Line],
    planned: Sequence[str],
) -> Iterator[str]:
    """Yield what is wrong with the folder of one lesson.

    Args:
        published: The lesson.
        course: Every lesson of the course, in order.
        chapters: The keys of the chapters.
        book: The lines of the rulebook.
        planned: The slugs of the lessons to come.

    """
    lesson = published.lesson
    yield from _fields(published, chapters)
    yield from _neighbours(lesson, course)
    yield from _lines(lesson, {line.number: line.lesson for line in book})
    if lesson.slug in planned:
        yield f"`planned` in {LINES} names it still; take {lesson.slug!r} out there"
    yield from _readme(lesson, published.text("README.md"))
    yield from _slice(published)


def _fields(published: Published, chapters: Sequence[str]) -> Iterator[str]:
    lesson = published.lesson
    if lesson.chapter not in chapters:
        yield f"chapter {lesson.chapter!r} is unknown; take one of lessons/chapters.toml"
    for path in lesson.edit:
        if path not in published.files:
            yield f"`edit` names {path}, which does not exist; name the files that the fix touches"
    for link in lesson.links:
        if not link.url.startswith("https://"):
            yield f"the link {link.url} is not https; link to the official page over https"
        if "://" in link.title:
            yield f"the link {link.url} has no title of its own; say what the page is"


def _neighbours(lesson: Lesson, course: Sequence[Lesson]) -> Iterator[str]:
    earlier = {other.slug for other in course if other.name < lesson.name}
    others = [other for other in course if other.name != lesson.name]
    for slug in lesson.prerequisites:
        if slug not in {other.slug for other in others}:
            yield f"the prerequisite {slug!r} is no other lesson; name lessons by their slugs"
        elif slug not in earlier:
            yield f"the prerequisite {slug!r} comes later; a lesson builds on earlier ones"
    for other in others:
        for line in sorted(set(lesson.guidelines) & set(other.guidelines)):
            yield f"{line} belongs to lessons/{other.name} too; leave each line of the rulebook to one lesson"
        if other.slug == lesson.slug:
            yield f"lessons/{other.name} has the same slug; progress is kept by slug, so choose another"
        if other.number == lesson.number:
            yield f"lessons/{other.name} has the same number; renumber one of them"


def _lines(lesson: Lesson, owners: Mapping[str, str]) -> Iterator[str]:
    for line in lesson.guidelines:
        if line not in owners:
            yield f"`guidelines` names {line}, which {LINES} does not have; name another, or write it there"
        elif owners[line] != lesson.slug:
            yield f"`guidelines` names {line}, which {LINES} gives to {owners[line]!r}; change one of them"
    for line, slug in owners.items():
        if slug == lesson.slug and line not in lesson.guidelines:
            yield f"{LINES} gives {line} to it, and `guidelines` does not name it; change one of them"


def _readme(lesson: Lesson, text: str) -> Iterator[str]:
    if not text:
        yield "README.md is missing; write the ticket as it reached the team"
        return
    lines = text.splitlines()
    if len(lines) > _SCREEN_LINES:
        yield f"README.md has {len(lines)} lines; keep it to a screen, {_SCREEN_LINES} at most"
    wide = next((number for number, line in enumerate(lines, 1) if len(line) > _SCREEN_COLUMNS), None)
    if wide:
        yield f"README.md:{wide} is wider than {_SCREEN_COLUMNS} columns; break the line"
    command = f"pytest lessons/{lesson.number}"
    if not re.search(rf"{command}(?!\d)", text):
        yield f"README.md does not say how to run it; name the command `{command}`"


def _slice(published: Published) -> Iterator[str]:
    for path in published.files:
        found = _GIVEAWAY.search(published.text(path)) if path.startswith("src/") else None
        if found:
            yield f"{path} says {found[0]!r}; the fault must look innocent, so take the word out"
