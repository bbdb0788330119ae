"""Tests that depend on the clock: sleeps that stand in for synchronisation, and asserts on elapsed time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_READINGS = {"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "process_time_ns"}
_SLEEP = "sleeps; wait for the event itself, the clock proves nothing"
_ASSERT = "asserts on the wall clock; count what happened, or ask a probe"


def problems(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong; what to do), as far as the syntax tells.

    A sleep of zero is a fair way to let other tasks run. A sleep whose length the syntax does not tell is let pass.
    """
    constants = _constants(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "sleep" and _is_long(node, constants):
            yield node.lineno, _SLEEP
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _timed_asserts(function)


def _constants(tree: ast.Module) -> dict[str, object]:
    """Return the module's names for plain values: `PAUSE = 0.1`."""
    return {
        ast.unparse(node.targets[0]): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }


def _is_long(call: ast.Call, constants: dict[str, object]) -> bool:
    length = next(iter([*call.args, *(keyword.value for keyword in call.keywords)]), None)
    if isinstance(length, ast.Constant):
        return length.value != 0
    return isinstance(length, ast.Name) and constants.get(length.id, 0) != 0


def _timed_asserts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[int, str]]:
    tainted: set[str] = set()
    nodes = [node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.Assert)]
    for node in sorted(nodes, key=lambda node: node.lineno):
        if isinstance(node, ast.Assert):
            if _reads_clock(node.test, tainted):
                yield node.lineno, _ASSERT
        elif _reads_clock(node.value, tainted):
            tainted |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _reads_clock(expression: ast.expr, tainted: set[str]) -> bool:
    return any(
        (isinstance(node, ast.Name) and node.id in tainted) or (isinstance(node, ast.Call) and _is_reading(node))
        for node in ast.walk(expression)
    )


def _is_reading(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return _called(call) in _READINGS or name == "time.time" or name.endswith(("loop.time", "loop().time"))


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]
