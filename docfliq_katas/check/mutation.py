"""Mutants of a source file: one small change each, such as a careless hand would make."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
_UNTOUCHED = {"annotation", "returns", "decorator_list"}
_LONGEST = 60  # characters of source in a mutant's name

Node = TypeVar("Node", bound=ast.AST)
Change = tuple[str, ast.AST]
"""What a change is called, and the node that takes the place of another."""


_WORDS_FOR_READERS = frozenset(
    {"title", "tags", "summary", "description"}
)  # of OpenAPI; no test of a lesson reads them


@dataclass(frozen=True)
class Mutant:
    """One changed file.

    Attributes:
        name: What was changed, as `latest_posts: without .limit(…)`; unique within a file.
        line: The line of the change in the unchanged file, counted from 1.
        source: The whole file with the change.

    """

    name: str
    line: int
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module; annotations, decorators and strings are left alone."""
    tree = ast.parse(source)
    seen: dict[str, int] = {}
    for function, parent, field, index in _sites(tree):
        value = getattr(parent, field)
        node = value if index is None else value[index]
        for words, replacement in _changes(node):
            name = f"{function}: {words}"
            seen[name] = seen.get(name, 0) + 1
            name = name if seen[name] == 1 else f"{name} ({seen[name]})"
            yield Mutant(name, node.lineno, _source(tree, parent, field, index, replacement))


def _sites(node: ast.AST, function: str = "module") -> Iterator[tuple[str, ast.AST, str, int | None]]:
    """Yield the place of each expression and statement: function, parent, field of the parent, index in the field."""
    for field, value in ast.iter_fields(node):
        if field in _UNTOUCHED:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.expr | ast.stmt):
                yield function, node, field, index
            if isinstance(child, ast.AST):
                yield from _sites(child, str(getattr(child, "name", None) or function))


def _changes(node: ast.AST) -> Iterator[Change]:
    """Yield what could stand in the place of `node`, with one thing wrong."""
    yield from _operators(node)
    yield from _constants(node)
    yield from _calls(node)
    yield from _statements(node)


def _operators(node: ast.AST) -> Iterator[Change]:
    changed: ast.AST | None = None
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _COMPARISONS:
            changed = _with(node, ops=[_COMPARISONS[type(operator)]()])
        case ast.BoolOp():
            changed = _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            changed = _with(node, op=_ARITHMETIC[type(node.op)]())
        case ast.UnaryOp(op=ast.Not()):
            changed = node.operand
    if changed is not None:
        yield f"{_words(changed)} instead of {_words(node)}", changed


def _constants(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Constant(value=bool() as value):
            yield f"{not value} instead of {value}", ast.Constant(not value)
        case ast.Constant(value=(int() | float()) as number):
            yield f"{number + 1} instead of {number}", ast.Constant(number + 1)


def _calls(node: ast.AST) -> Iterator[Change]:
    """Yield a call without each of its named arguments, a chained call without its last link, a call not awaited."""
    if isinstance(node, ast.Await):
        yield f"without await: {_words(node.value)}", node.value
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        if keyword.arg and keyword.arg not in _WORDS_FOR_READERS:
            rest = [other for other in node.keywords if other is not keyword]
            yield f"without {keyword.arg}= in {_words(node.func)}(…)", _with(node, keywords=rest)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        yield f"without .{node.func.attr}(…)", node.func.value


def _statements(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Return(value=ast.expr()) if ast.unparse(node) != "return None":
            yield f"returns None instead of {_words(node.value)}", ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            yield f"left out: {_words(node)}", ast.Pass()
        case ast.If() | ast.IfExp():
            for value in ("True", "False"):
                words = f"{value} instead of {_words(node.test)}"
                yield f"if {words}", _with(node, test=ast.Name(value, ast.Load()))


def _with(node: Node, **fields: object) -> Node:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _source(tree: ast.Module, parent: ast.AST, field: str, index: int | None, replacement: ast.AST) -> str:
    """Return the module's source with one node replaced; the tree itself is left as it was."""
    value = getattr(parent, field)
    original = list(value) if isinstance(value, list) else value
    if index is None:
        setattr(parent, field, replacement)
    else:
        value[index] = replacement
    try:
        return ast.unparse(tree) + "\n"
    finally:
        if index is None:
            setattr(parent, field, original)
        else:
            value[:] = original


def _words(node: ast.AST | None) -> str:
    text = " ".join(ast.unparse(node).split()) if node else ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
