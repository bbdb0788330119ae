"""Framework errors that puzzle people, in one plain sentence with the line of the rulebook behind it.

Where no row fits, nothing is said: a guess would cost more than silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas.plain_rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator


def explain(error: BaseException) -> str:
    """Return what the error, or one that caused it, means; empty where no row fits."""
    for each in _chain(error):
        for row in ROWS:
            if row.fits(each):
                return f"{row.words} (rulebook {', '.join(row.guidelines)})"
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it came from, the last one raised first; the members of a group as well."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else []
        waiting += [cause for cause in (each.__cause__, each.__context__, getattr(each, "orig", None)) if cause]
