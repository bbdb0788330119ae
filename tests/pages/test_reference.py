"""The reference of the probes: everything public is explained, nothing private is shown."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.pages import docstrings, reference

if TYPE_CHECKING:
    from collections.abc import Iterator

PROBES = {
    *("serve", "loop_probe", "thread_probe", "sql_probe", "mongo_probe", "valkey_probe", "connection_probe"),
    *("secret_probe", "log_probe", "memory_probe", "processes", "valkey_line", "postgres_line"),
}
CLASSES = dict.fromkeys(each for kind in reference.by_fixture().values() for each in reference.reached_from(kind))
PAGE = Path(__file__).resolve().parents[2] / "docs/probes.md"


@dataclass
class Scale:
    """The fixture `scale`: weighs.

    Usage::

        with scale.record(unit="kg") as found:
            if found:
                ...

    It is exact.

    Attributes:
        zero: what it shows when it is empty, in
            grams.
    """

    zero: float
    blank: float
    _spring: float

    @contextmanager
    def record(self, *, unit: str = "g", _hidden: int = 0) -> Iterator[list[float]]:
        """Weigh until the block ends.

        Args:
            unit: `g` or `kg`.

        Returns:
            Never used: a block has its `as`.

        Raises:
            Verdict: nothing was on it.
        """
        yield [float(unit == "g"), _hidden]

    async def tare(self, by: float, *others: float) -> float:  # noqa: D417 - the gap
        """Set it to zero.

        Args:
            by: in grams.
        """
        return by + sum(others)

    @property
    def shown(self) -> float:  # noqa: D102 - the gap
        return self.zero

    def _repair(self) -> None:
        """Nobody calls this."""


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_everything_public_of_a_probe_is_explained(kind: type) -> None:
    """Each class that a test can meet, its members, their arguments and its attributes have words."""
    assert reference.gaps(kind) == []


def test_what_is_not_explained_is_named() -> None:
    """A field, a property and an argument without words are gaps; what is private is none."""
    assert reference.gaps(Scale) == ["Scale.blank", "Scale.tare(others)", "Scale.shown"]


def test_a_section_shows_how_a_test_writes_it() -> None:
    """Signatures, arguments, results and errors are there as the source has them, and nothing private is."""
    text = reference.section(Scale, "scale")
    assert text.startswith("**Scale**\n\nThe fixture `scale`: weighs.\n\nUsage:\n\n```python\nwith scale.record(")
    assert (
        "    if found:\n        ...\n```\n\nIt is exact.\n\n- `zero: float`: what it shows when it is empty, in grams."
        in text
    )
    assert "**`with scale.record(*, unit: str = 'g') as list[float]`**\n\nWeigh until" in text
    assert "\n- `unit`: `g` or `kg`.\n- Returns: Never used: a block has its `as`.\n- Raises `Verdict`: nothing" in text
    assert "**`await scale.tare(by: float, *others: float) -> float`**" in text
    assert "**`scale.shown: float`**" in text
    assert not [name for name in ("_repair", "_spring", "_hidden") if name in text]


def test_every_probe_has_its_part() -> None:
    """Each fixture that is a probe leads to a part, and so does what several of them share; the stores do not."""
    assert reference.parts().keys() == {f"probes/{name}.md" for name in PROBES | {reference.SHARED}}


def test_a_class_is_told_once() -> None:
    """What more than one probe leads to stands in the shared part alone."""
    heads = re.findall(r"^\*\*(\w+)\*\*$", "\n".join(reference.parts().values()), re.MULTILINE)
    assert sorted(heads) == sorted({kind.__name__ for kind in CLASSES})
    assert "**Where**" in reference.parts()["probes/shared.md"]
    assert "**Hop**" in reference.parts()["probes/thread_probe.md"]


def test_nothing_private_is_shown() -> None:
    """No class, member or attribute whose name begins with an underscore is in any part."""
    shown = "\n".join(reference.parts().values())
    heads = [line for line in shown.splitlines() if line.startswith(("**", "- `"))]
    assert len(heads) > 100
    assert not [head for head in heads if re.match(r"(?:\*\*|- `)(?:`?(?:async )?(?:with |await )?)(?:\w+\.)?_", head)]


def test_the_page_includes_each_part_below_its_probe() -> None:
    """The section of a probe ends with its reference."""
    page = PAGE.read_text()
    for name in PROBES:
        section = re.split(r"^## ", page.partition(f"\n## {name}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
        assert section.rstrip().endswith(f'--8<-- "generated/probes/{name}.md"'), name
    assert '\n--8<-- "generated/probes/shared.md"' in page


def test_a_base_speaks_for_itself_alone() -> None:
    """A class without a docstring has no words of its own, whatever its base says."""

    class Heavier(Scale):
        pass

    assert docstrings.read(Heavier).prose == ""
    assert reference.gaps(Heavier) == ["Heavier"]
    assert reference.gaps(dataclass(Heavier)) == ["Heavier"], "what dataclass writes itself explains nothing"
