"""The pages about the rulebook: which test encodes which line, and where the rulebook is wrong."""

from __future__ import annotations

from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

from docfliq_katas import rulebook, starter
from docfliq_katas.check import testfile
from docfliq_katas.pages.parts import link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.rulebook import Correction, Line


def matrix(lessons: Sequence[Lesson]) -> str:
    """Return every line of the rulebook with its lesson and the tests that encode it, one table a section."""
    lines = rulebook.lines()
    rows = _Rows(lessons)
    taught = sum(line.lesson in rows.lessons for line in lines)
    parts = [f"{taught} of {len(lines)} lines have their lesson; the others are to come."]
    for section, found in groupby(lines, key=lambda line: line.section):
        head = ["| Line | In our words | Lesson | Tests |", "| --- | --- | --- | --- |"]
        parts += [f"## {section}", "\n".join([*head, *map(rows.row, found)])]
    return "\n\n".join(parts)


def corrections(lessons: Sequence[Lesson]) -> str:
    """Return where the rulebook is stale: what it says, what was measured instead, on what and by which test."""
    return "\n\n".join("\n\n".join(_correction(each, lessons)) for each in rulebook.corrections())


class _Rows:
    """The rows of the matrix."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        self.lessons = {lesson.slug: lesson for lesson in lessons}
        self._tests = {lesson.slug: testfile.by_line(_test_file(lesson)) for lesson in lessons}

    def row(self, line: Line) -> str:
        """Return the row of one line."""
        name = f'<span id="{line.number.lower()}">{line.number}</span>'
        lesson = self.lessons.get(line.lesson)
        if lesson is None:
            return f"| {name} | {line.says} | {line.lesson.replace('_', ' ')}, to come | |"
        tests = "<br>".join(f"`{test}`" for test in self._tests[lesson.slug].get(line.number, ()))
        return f"| {name} | {line.says} | {link(lesson)} | {tests} |"


def _test_file(lesson: Lesson) -> str:
    return starter.original(lesson)[lesson.test_file.name].decode()


def _correction(correction: Correction, lessons: Sequence[Lesson]) -> Iterator[str]:
    taught = [lesson for lesson in lessons if set(lesson.guidelines) & set(correction.lines)]
    lines = ", ".join(f"[{line}](guidelines.md#{line.lower()})" for line in correction.lines)
    yield f"## {correction.says}"
    yield correction.measured
    facts = [
        f"Lines: {lines}",
        "Measured on: " + ", ".join(f"{package} {version(package)}" for package in correction.packages),
        "Measured by: " + ", ".join(f"`{test}`" for test in correction.tests),
    ]
    if taught:
        facts.append("Taught in: " + ", ".join(map(link, taught)))
    yield "\n".join(f"- {fact}" for fact in facts)
