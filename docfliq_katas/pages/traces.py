"""The traces that pages show as text: from the runs of the site, so that they tell of the lessons as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docfliq_katas import overlay
from docfliq_katas.pages import parts
from docfliq_katas.state import project_root
from docfliq_katas.trace import terminal
from docfliq_katas.trace.drawing import as_text, compare
from docfliq_katas.trace.take import choose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.known import Known
    from docfliq_katas.trace.model import Trace

_WIDTH = 80
_INCLUDE = re.compile(r'^--8<-- "generated/traces/(?P<number>\d\d)\.md"$', re.MULTILINE)


def wanted(lessons: Sequence[Lesson], runs: Mapping[tuple[str, str], Known]) -> dict[str, str]:
    """Return the parts `traces/NN.md` that pages of `docs/` include: broken and fixed, as `kata trace` shows them.

    Args:
        lessons: The lessons of the course; an include of another is left to MkDocs, which misses it.
        runs: What came out of their starters and references: (slug, overlay) -> run.

    Raises:
        Misuse: there is nothing to draw in such a lesson.

    """
    pages = (project_root() / "docs").glob("*.md")
    numbers = {found["number"] for page in pages for found in _INCLUDE.finditer(page.read_text(encoding="utf-8"))}
    return {
        f"traces/{lesson.number}.md": parts.fenced(_session(lesson, *_traces(lesson, runs)), "text")
        for lesson in lessons
        if lesson.number in numbers
    }


def _traces(lesson: Lesson, runs: Mapping[tuple[str, str], Known]) -> tuple[Trace, Trace]:
    before = choose(lesson, runs[lesson.slug, overlay.STARTER].traces)
    return before, choose(lesson, runs[lesson.slug, overlay.REFERENCE].traces, before.test)


def _session(lesson: Lesson, before: Trace, after: Trace) -> str:
    drawing = compare(lesson, before, after)
    lines = [line.plain.rstrip() for line in as_text(drawing, _WIDTH, terminal.Glyphs())]
    return "\n".join([f"$ kata trace {lesson.number} --compare", *lines])
