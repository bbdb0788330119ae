"""The reference of the probes, from their docstrings: signatures, arguments, units, errors.

Our own, and not mkdocstrings: that builds as strictly, but adds four packages to the lock, and leaves no Markdown that
can be read without the site.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from functools import cache
from typing import TYPE_CHECKING

from docfliq_katas import fixtures, probes
from docfliq_katas.pages import docstrings
from docfliq_katas.pages.signatures import members

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docfliq_katas.pages.signatures import Member

SHARED = "shared"
"""The name of the part with the classes to which more than one fixture leads."""


def parts() -> dict[str, str]:
    """Return `probes/<fixture>.md` -> Markdown for every probe, and `probes/shared.md`."""
    reached = {fixture: reached_from(kind) for fixture, kind in by_fixture().items()}
    every = [kind for kinds in reached.values() for kind in kinds]
    shared = [kind for kind in dict.fromkeys(every) if every.count(kind) > 1]
    found = {
        fixture: _sections([kind for kind in kinds if kind not in shared], fixture)
        for fixture, kinds in reached.items()
    }
    return {f"probes/{name}.md": text for name, text in (found | {SHARED: _sections(shared)}).items()}


def by_fixture() -> dict[str, type]:
    """Return the class that each fixture gives to a test; fixtures that are no probes are left out."""
    body = ast.parse(inspect.getsource(fixtures)).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    named = {
        node.name: _named_in(ast.unparse(node.returns)) for node in functions if node.decorator_list and node.returns
    }
    return {name: kinds[0] for name, kinds in named.items() if kinds}


def reached_from(kind: type) -> list[type]:
    """Return the class, its bases, and the public classes of the probes that their signatures and errors name."""
    found = [kind]
    for each in found:  # it grows while it is walked
        annotations = [*inspect.get_annotations(each).values(), *vars(each).get("__orig_bases__", each.__bases__)]
        written = [member.written for member in members(each)]
        raised = [name for member in members(each) for name in member.doc.raises]
        named = _named_in(" ".join(map(str, [*annotations, *written, *raised])))
        found += [other for other in named if other not in found]
    return found


def section(kind: type, fixture: str = "") -> str:
    """Return what there is to know of one class, as Markdown without headings: the page around it has them.

    Args:
        kind: The class.
        fixture: The fixture that gives it to a test; empty for what that leads to.

    """
    doc, types = docstrings.read(kind), inspect.get_annotations(kind)
    bases = [f"`{base.__name__}`" for base in kind.__bases__ if base in _known().values()]
    also = f" It has what {' and '.join(bases)} has, too." if bases else ""
    attributes = [f"- `{_typed(name, types)}`: {words}" for name, words in doc.attributes.items()]
    head = [f"**{kind.__name__}**", doc.prose + also, "\n".join(attributes)]
    return "\n\n".join(filter(None, [*head, *(_told(member) for member in members(kind, fixture))]))


def _sections(kinds: Sequence[type], fixture: str = "") -> str:
    return "\n\n---\n\n".join(section(kind, fixture if number == 0 else "") for number, kind in enumerate(kinds))


def _typed(name: str, types: Mapping[str, str]) -> str:
    return f"{name}: {types[name]}" if name in types else name


def gaps(kind: type) -> list[str]:
    """Return what a reader would miss: the class, its members, arguments and attributes of which nothing is said."""
    doc, name = docstrings.read(kind), kind.__name__
    missing = (
        [name] if not doc.prose or doc.prose.startswith(f"{name}(") else []
    )  # a dataclass writes such words itself
    fields = [field for field in inspect.get_annotations(kind) if not field.startswith("_")]
    missing += [f"{name}.{field}" for field in fields if field not in doc.attributes]
    for member in members(kind):
        missing += [] if member.doc.prose else [f"{name}.{member.name}"]
        missing += [f"{name}.{member.name}({each})" for each in member.arguments if each not in member.doc.arguments]
    return missing


@cache
def _known() -> dict[str, type]:
    """Return the public classes of the probes by their names."""
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(probes.__path__, f"{probes.__name__}.")
    ]
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    }


def _named_in(text: str) -> list[type]:
    return [_known()[word] for word in dict.fromkeys(re.findall(r"\w+", text)) if word in _known()]


def _told(member: Member) -> str:
    doc = member.doc
    lines = [f"- `{name}`: {words}" for name, words in doc.arguments.items()]
    lines += [f"- Returns: {doc.returns}"] if doc.returns else []
    lines += [f"- Raises `{name}`: {words}" for name, words in doc.raises.items()]
    return "\n\n".join(filter(None, [f"**`{member.written}`**", doc.prose, "\n".join(lines)]))
