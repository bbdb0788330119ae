"""The traces that pages show: drawn when the site is built, so that they tell of the lessons as they are."""

from __future__ import annotations

import re

from docfliq_katas import catalogue, overlay
from docfliq_katas.pages import parts
from docfliq_katas.state import project_root
from docfliq_katas.trace import terminal
from docfliq_katas.trace.drawing import as_text, draw

_WIDTH = 80
_INCLUDE = re.compile(r'^--8<-- "generated/traces/(?P<number>\d\d)\.md"$', re.MULTILINE)


def wanted() -> dict[str, str]:
    """Return the parts `traces/NN.md` that pages of `docs/` include: broken and fixed, as `kata trace` shows them.

    Raises:
        Misuse: there is no such lesson, or nothing to draw in it.

    """
    pages = (project_root() / "docs").glob("*.md")
    numbers = {found["number"] for page in pages for found in _INCLUDE.finditer(page.read_text(encoding="utf-8"))}
    return {f"traces/{number}.md": parts.fenced(_session(number), "text") for number in sorted(numbers)}


def _session(number: str) -> str:
    drawing = draw(catalogue.find(number), None, overlay.STARTER, compare=True)
    lines = [line.plain.rstrip() for line in as_text(drawing, _WIDTH, terminal.Glyphs())]
    return "\n".join([f"$ kata trace {number} --compare", *lines])
