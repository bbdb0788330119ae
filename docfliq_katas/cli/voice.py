"""How commands speak: words first, colour only where a terminal shows it."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rich.console import RenderableType

_WIDEST = 100  # columns; longer lines are hard to read


def _width() -> int:
    return min(Console().width, _WIDEST)


def plain() -> bool:
    """Return whether nobody looks at a terminal: then words do without bars."""
    return not sys.stdout.isatty()


def say(*lines: RenderableType) -> None:
    """Print each line, wrapped at the width of the terminal (80 columns without one).

    What continues a wrapped line is indented as that line is; a path or a command is never cut.
    """
    width = _width()
    console = Console(highlight=False, markup=False, emoji=False, width=width)
    for line in lines:
        console.print(_wrapped(line, width) if isinstance(line, str) else line, soft_wrap=isinstance(line, str))


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(line, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def say_raw(line: RenderableType) -> None:
    """Print a line as it is, however long: it is code, and somebody may pipe it."""
    Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(line)


def complain(line: str) -> None:
    """Print one line to stderr."""
    sys.stdout.flush()
    print(f"kata: {' '.join(line.split())}", file=sys.stderr, flush=True)  # noqa: T201 - the line must stay one


def agrees(question: str) -> bool | None:
    """Ask on the terminal and return the answer; None where nobody can answer. Anything but yes is no."""
    if not sys.stdin.isatty():
        return None
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201 - stdout may be a pager
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
