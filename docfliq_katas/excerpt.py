"""What is picked out of a teaching report: one line of it, the place in the slice, the lines around that place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docfliq_katas.probes.verdict import listing, shorten, unwrapped

if TYPE_CHECKING:
    from pathlib import Path

_PLACE = re.compile(r"(src/[\w/]+\.py):(\d+)")
_COLUMNS = 80
_AROUND = 1  # lines before and after


def in_a_line(message: str) -> str:
    """Return what a teaching report saw, on one line; what were lines of it are set apart by semicolons."""
    saw = re.search(r"^saw +(.+(?:\n {12,}.+)*)", unwrapped(message), re.MULTILINE)
    seen = "; ".join(map(str.strip, saw[1].splitlines())) if saw else message
    return f"saw: {shorten(seen, _COLUMNS - 5)}"


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
