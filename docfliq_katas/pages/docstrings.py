"""A docstring in Google's form, taken apart."""

from __future__ import annotations

import inspect
import re
import textwrap
from dataclasses import dataclass

_SECTION = re.compile(r"(Args|Attributes|Raises|Returns):")
_ENTRY = re.compile(r"(\w+): (.*)")
_BLOCK = re.compile(r"::\n\n((?: {4}.*\n|\n)+)")


@dataclass(frozen=True)
class Docstring:
    """What a docstring says: its prose as Markdown, and name -> words of each section; `returns` has no names."""

    prose: str
    arguments: dict[str, str]
    attributes: dict[str, str]
    raises: dict[str, str]
    returns: str


def read(thing: object) -> Docstring:
    """Return what the docstring of a class, function or property says; its own, not that of a base."""
    prose: list[str] = []
    sections: dict[str, list[str]] = {}
    current = prose
    for line in inspect.cleandoc(getattr(thing, "__doc__", None) or "").splitlines():
        found = _SECTION.fullmatch(line)
        if found:
            current = sections.setdefault(found[1], [])
        else:
            current.append(line if current is prose else line.removeprefix("    "))
    return Docstring(
        prose=_markdown("\n".join(prose).strip()),
        arguments=_entries(sections.get("Args", [])),
        attributes=_entries(sections.get("Attributes", [])),
        raises=_entries(sections.get("Raises", [])),
        returns=" ".join(map(str.strip, sections.get("Returns", []))).strip(),
    )


def _entries(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        if entry := _ENTRY.fullmatch(line):
            found[entry[1]] = entry[2]
        elif line.strip():
            found[next(reversed(found))] += f" {line.strip()}"
    return found


def _markdown(prose: str) -> str:
    """Make a fenced block of what is indented below a `::`."""
    fenced = "```python\n{}\n```"
    return _BLOCK.sub(
        lambda found: f":\n\n{fenced.format(textwrap.dedent(found[1]).strip())}\n\n", f"{prose}\n"
    ).strip()
