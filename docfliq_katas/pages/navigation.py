"""Which pages there are and in which order: found in the folders, so that adding a lesson edits nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docfliq_katas.catalogue import Chapter, Lesson


_ORDER = (  # from what a newcomer opens first to what few need; a page that is not named comes last
    "symptoms.md",
    "tags.md",
    "guidelines.md",
    "corrections.md",
    "probes.md",
    "trace.md",
    "servers.md",
    "editors.md",
    "benchmarks.md",
    "team-leads.md",
    "authors.md",
)
_FIRST = ("index.md", "first-week.md")


def navigation(lessons: Sequence[Lesson], chapters: Sequence[Chapter]) -> str:
    """Return the part of MkDocs' configuration that `mkdocs.yml` inherits: the `nav`, as JSON, which is YAML too."""
    sections = [{chapter.title: [_entry(lesson) for lesson in found]} for chapter, found in _by(chapters, lessons)]
    pages = sorted((path.name for path in (project_root() / "docs").glob("*.md")), key=_place)
    first, others = [page for page in pages if page in _FIRST], [page for page in pages if page not in _FIRST]
    nav: list[Any] = [*first, {"Lessons": ["lessons/index.md", *sections]}, *others]
    return json.dumps({"nav": nav}, indent=2, ensure_ascii=False) + "\n"


def overview(lessons: Sequence[Lesson], chapters: Sequence[Chapter]) -> str:
    """Return all lessons as Markdown, one table a chapter, for a page beside the lessons' own."""
    return "\n\n".join(f"## {chapter.title}\n\n{_table(found)}" for chapter, found in _by(chapters, lessons))


def _by(chapters: Sequence[Chapter], lessons: Sequence[Lesson]) -> list[tuple[Chapter, list[Lesson]]]:
    grouped = [(chapter, [lesson for lesson in lessons if lesson.chapter == chapter.key]) for chapter in chapters]
    return [(chapter, found) for chapter, found in grouped if found]


def _place(page: str) -> tuple[int, str]:
    known = [*_FIRST, *_ORDER]
    return (known.index(page) if page in known else len(known)), page


def _entry(lesson: Lesson) -> dict[str, str]:
    return {f"{lesson.number} · {lesson.title}": f"lessons/{lesson.slug}.md"}


def _table(lessons: Sequence[Lesson]) -> str:
    head = ["| Lesson | Rule | Level | Minutes |", "| --- | --- | --- | ---: |"]
    rows = [
        f"| [{lesson.number} · {lesson.title}]({lesson.slug}.md) | {lesson.rule} | {lesson.level} | {lesson.minutes} |"
        for lesson in lessons
    ]
    return "\n".join([*head, *rows])
