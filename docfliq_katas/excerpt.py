"""The few lines of the slice that a red test is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docfliq_katas.probes.verdict import listing

if TYPE_CHECKING:
    from pathlib import Path

_PLACE = re.compile(r"(src/[\w/]+\.py):(\d+)")
_AROUND = 1  # lines before and after


def place(message: str) -> tuple[str, int] | None:
    """Return the file, below the lesson's folder, and the line that a report tells to look at, or None."""
    found = _PLACE.search(message.partition("\nlook at")[2] or message)
    return (found[1], int(found[2])) if found else None


def of(problem: str, folder: Path) -> list[str]:
    """Return the lines around the place in the slice that a report names, as one paragraph, or nothing.

    Args:
        problem: What the report says so far.
        folder: The lesson's folder.

    """
    found = place(problem)
    if not found:
        return []
    file, line = found
    try:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    around = range(max(1, line - _AROUND), min(len(lines), line + _AROUND) + 1)
    shown = {number: lines[number - 1] for number in around if lines[number - 1].strip() or number == line}
    return [listing("the lines", shown, marked=line)] if shown else []
