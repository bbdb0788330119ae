"""What a scaffold leaves to be written: each place that is left is named, so that none is published."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docfliq_katas import starter
from docfliq_katas.check.golden import FILE as GOLDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.check.violation import Published

MARK = "WRITE:"
"""With this word begins what `kata new` leaves to the author."""

_LEFT = re.compile(rf"\b{MARK}[^\"\n]*")
_RECORDED = {starter.SEAL, GOLDEN}  # they repeat what other files say
_SHOWN = 50  # characters


def problems(published: Published) -> Iterator[str]:
    """Yield each line of a lesson, its solutions and its page that still has the scaffold's words."""
    for name, text in _texts(published):
        for number, line in enumerate(text.splitlines(), 1):
            if found := _LEFT.search(line):
                yield f"{name}:{number} still says {_short(found[0])!r}; write it, or take it out"


def _texts(published: Published) -> Iterator[tuple[str, str]]:
    """Yield every text that an author writes, with its name: the lesson's files are named from the lesson's folder."""
    for path in published.files:
        yield path, published.text(path)
    lesson = published.lesson
    for path, data in starter.files(lesson.solution).items():
        if PurePosixPath(path).name not in _RECORDED:
            yield f"solutions/{lesson.name}/{path}", data.decode("utf-8", errors="replace")
    if lesson.page.is_file():
        yield f"docs/lessons/{lesson.slug}.md", lesson.page.read_text(encoding="utf-8")


def _short(text: str) -> str:
    return text.strip() if len(text.strip()) <= _SHOWN else f"{text.strip()[:_SHOWN].rstrip()}…"
