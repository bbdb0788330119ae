"""What a class offers to a test, and how a test writes it."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING

from docfliq_katas.pages import docstrings

if TYPE_CHECKING:
    from docfliq_katas.pages.docstrings import Docstring

_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)  # `*_` says that anything is taken
_MANAGER = re.compile(r"(Async)?Iterator\[(.+)\]")


@dataclass(frozen=True)
class Member:
    """A public method or property: its name, how a test writes it, what is said of it, and the arguments it takes."""

    name: str
    written: str
    doc: Docstring
    arguments: tuple[str, ...]


def members(kind: type, fixture: str = "") -> list[Member]:
    """Return the public methods and properties that the class itself defines; to be called counts as one.

    Args:
        kind: The class.
        fixture: The name of the object in a test, where there is one.

    """
    public = {name: value for name, value in vars(kind).items() if not name.startswith("_") or name == "__call__"}
    return [
        _member(name, value, fixture) for name, value in public.items() if isinstance(value, FunctionType | property)
    ]


def _member(name: str, value: FunctionType | property, fixture: str) -> Member:
    doc = docstrings.read(value)
    path = ".".join(filter(None, [fixture, "" if name == "__call__" else name]))
    if isinstance(value, property):
        assert value.fget is not None
        return Member(name, f"{path}: {inspect.signature(value.fget).return_annotation}", doc, ())
    signature = inspect.signature(value)
    taken = [each for each in list(signature.parameters.values())[1:] if _is_public(each) or each.kind in _REST]
    typed = [each.replace(annotation=_Raw(each.annotation)) for each in taken]
    bare = signature.replace(parameters=typed, return_annotation=inspect.Signature.empty)
    arguments = tuple(each.name for each in taken if _is_public(each))
    return Member(name, _written(value, f"{path}{bare}", str(signature.return_annotation)), doc, arguments)


def _is_public(parameter: inspect.Parameter) -> bool:
    return not parameter.name.startswith("_")


def _written(function: FunctionType, call: str, returned: str) -> str:
    manager = _MANAGER.fullmatch(returned) if hasattr(function, "__wrapped__") else None
    if manager:
        return f"{'async ' if manager[1] else ''}with {call} as {manager[2]}"
    return f"{'await ' if inspect.iscoroutinefunction(function) else ''}{call} -> {returned}"


class _Raw(str):
    """An annotation that is written as it stands in the source, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)
