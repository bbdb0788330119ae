"""Translate Python's word on a coroutine that nobody awaited: which call of the slice made it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from docfliq_katas.probes.verdict import paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEVER_AWAITED = re.compile(r"coroutine '(?P<name>[^']+)' was never awaited|<coroutine object (?P<object>\S+) at ")


def explain(error: BaseException, folder: Path) -> str | None:
    """Return the report for a forgotten `await`, or None where the error is something else.

    Args:
        error: What ended the test; pytest raises such warnings later than where they arose.
        folder: The lesson's folder, whose `src/` is searched for the call.

    """
    name = next((found for each in _chain(error) if (found := _coroutine(str(each)))), None)
    if name is None:
        return None
    lines = [
        paragraph("saw", f"the coroutine {name} was made and never awaited, so it never ran"),
        paragraph("the guideline wants", "await in front of every call of an async function"),
    ]
    places = list(_unawaited_calls(name.rpartition(".")[2], folder))
    return "\n".join([*lines, paragraph("look at", ", ".join(places))] if places else lines)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, the members of its groups, and their causes."""
    yield error
    inner = list(error.exceptions) if isinstance(error, BaseExceptionGroup) else []
    for each in [*inner, error.__cause__]:
        if each is not None:
            yield from _chain(each)


def _coroutine(text: str) -> str | None:
    found = _NEVER_AWAITED.search(text)
    return (found["name"] or found["object"]) if found else None


def _unawaited_calls(name: str, folder: Path) -> Iterator[str]:
    """Yield `src/file.py:17` for each statement of the slice that calls `name` and drops what it gets."""
    for file in sorted((folder / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func).rpartition(".")[2]
                if called == name:
                    yield f"{file.relative_to(folder).as_posix()}:{node.lineno}"
