"""The way in for somebody who has a symptom: what is seen, and the lesson that explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs.utils.meta import get_data

from docfliq_katas.pages.parts import link
from docfliq_katas.plain_rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.plain_rows import Row


def of_page(page: Path) -> list[str]:
    """Return the symptoms that the page's front matter names."""
    _, meta = get_data(page.read_text(encoding="utf-8"))
    found = meta.get("symptoms", [])
    return [str(symptom) for symptom in found] if isinstance(found, list) else []


def by_symptom(lessons: Sequence[Lesson]) -> str:
    """Return what people see and complain about, sorted, with the lessons behind it."""
    pairs = sorted(
        ((symptom, lesson) for lesson in lessons for symptom in of_page(lesson.page)),
        key=lambda pair: (pair[0].lstrip("`").lower(), pair[1].number),
    )
    head = ["| You see | It may be |", "| --- | --- |"]
    return "\n".join([*head, *(f"| {symptom} | {link(lesson)} |" for symptom, lesson in pairs)])


def by_error(lessons: Sequence[Lesson]) -> str:
    """Return the errors of the frameworks that the course explains in plain words, with the lessons behind them."""
    owners = {line: lesson for lesson in lessons for line in lesson.guidelines}
    head = ["| Error | What it means | Lessons |", "| --- | --- | --- |"]
    return "\n".join([*head, *(_error(row, owners) for row in sorted(ROWS, key=lambda row: row.kind))])


def _error(row: Row, owners: dict[str, Lesson]) -> str:
    name = f"`{row.kind}`" + (f" with `{row.fragment.strip('`')}`" if row.fragment else "")
    found = {owners[line].name: owners[line] for line in row.guidelines if line in owners}
    links = "<br>".join(link(lesson) for _, lesson in sorted(found.items()))
    others = ", ".join(f"[{line}](guidelines.md#{line.lower()})" for line in row.guidelines if line not in owners)
    return f"| {name} | {row.words[0].upper()}{row.words[1:]}. | {links or others} |"
