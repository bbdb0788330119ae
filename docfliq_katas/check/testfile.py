"""The contract of a lesson's test file, read from its syntax tree."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas.check import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.check.violation import Published

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_NEXT_SENTENCE = re.compile(r"[.!?][)\"'`]*\s+[A-Z]")


@dataclass(frozen=True)
class _Test:
    name: str
    law: str
    lines: frozenset[str]


def problems(published: Published) -> Iterator[str]:
    """Yield what is wrong with the test file of one lesson."""
    file = published.lesson.test_file.name
    if not published.tests:
        yield f"{file} is missing; a lesson has one test file, named by its slug"
        return
    try:
        tree = ast.parse(published.tests)
    except SyntaxError as error:
        yield f"{file}:{error.lineno} is not Python: {error.msg}; repair it"
        return
    tests = [_test(node, tree) for node in ast.walk(tree) if _is_test(node)]
    yield from _laws(tests)
    yield from _marks(published, tests)
    yield from _colours(published, tests)
    yield from (f"{file}:{line} {what}" for line, what in clock.problems(tree))


def names(published: Published) -> set[str] | None:
    """Return the names of the lesson's tests, or None where they cannot be told."""
    try:
        return {_test(node).name for node in ast.walk(ast.parse(published.tests)) if _is_test(node)} or None
    except SyntaxError:
        return None


def by_line(source: str) -> dict[str, list[str]]:
    """Return the names of the tests that encode each line of the rulebook, in the order of the file."""
    tree = ast.parse(source)
    found: dict[str, list[str]] = {}
    for node in sorted(filter(_is_test, ast.walk(tree)), key=lambda node: getattr(node, "lineno", 0)):
        test = _test(node, tree)
        for line in test.lines:
            found.setdefault(line, []).append(test.name)
    return found


def _laws(tests: list[_Test]) -> Iterator[str]:
    for test in tests:
        if not test.law:
            yield f"{test.name} has no docstring; state its law in one sentence"
        elif not test.law.endswith((".", "!", "?")) or _NEXT_SENTENCE.search(test.law):
            yield f"the docstring of {test.name} is not one sentence; state its law in one, with a full stop"


def _marks(published: Published, tests: list[_Test]) -> Iterator[str]:
    owned = set(published.lesson.guidelines)
    for test in tests:
        if test.name in published.lesson.red and not test.lines:
            yield f"{test.name} is not marked; add @pytest.mark.guideline with the lines that it encodes"
        for line in sorted(test.lines - owned):
            yield f"{test.name} is marked with {line}, which this lesson does not own; take the mark off"
    for line in sorted(owned - {line for test in tests for line in test.lines}):
        yield f"no test is marked with {line}; mark one with @pytest.mark.guideline({line!r})"


def _colours(published: Published, tests: list[_Test]) -> Iterator[str]:
    existing = {test.name for test in tests}
    red = set(published.lesson.red)
    for name in sorted(red - existing):
        yield f"`red` names {name}, which does not exist; name tests of {published.lesson.test_file.name}"
    if not existing - red:
        yield "there is no guard; add a test that is green on the starter and keeps the fix honest"


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, _Function) and node.name.startswith("test_")


def _test(node: ast.AST, tree: ast.Module | None = None) -> _Test:
    assert isinstance(node, _Function)
    marks = [*node.decorator_list, *(_module_marks(tree) if tree else [])]
    law = " ".join((ast.get_docstring(node) or "").split())
    return _Test(node.name, law, frozenset(line for mark in marks for line in _guideline_lines(mark)))


def _module_marks(tree: ast.Module) -> list[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return []


def _guideline_lines(mark: ast.expr) -> list[str]:
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.guideline":
        return []
    return [ast.unparse(line).strip("'\"") for line in mark.args]
