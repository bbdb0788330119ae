from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import excerpt
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "import asyncio\n\n\nasync def card(post: str) -> str:\n    await asyncio.sleep(0)\n    return post\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A lesson folder with one module."""
    (tmp_path / "src/posts").mkdir(parents=True)
    (tmp_path / "src/posts/service.py").write_text(SERVICE)
    return tmp_path


def problem(look_at: str, saw: str = "3 statements from src/posts/other.py:1") -> str:
    """What a report says of a refusal."""
    return str(Verdict(saw=saw, wants="one", look_at=look_at))


def test_the_lines_are_those_to_look_at(folder: Path) -> None:
    """The lines around the place that is looked at are shown with their numbers, and the place is marked."""
    [shown] = excerpt.of(problem("src/posts/service.py:5 (card)"), folder)
    assert shown == (
        "the lines            4   async def card(post: str) -> str:\n"
        "                     5 >     await asyncio.sleep(0)\n"
        "                     6       return post"
    )


def test_the_first_and_the_last_line_have_one_neighbour_at_most(folder: Path) -> None:
    """Where the file begins or ends, or beside an empty line, fewer lines are shown."""
    [first] = excerpt.of(problem("src/posts/service.py:1 (module)"), folder)
    [last] = excerpt.of(problem("src/posts/service.py:6 (card)"), folder)
    assert first == "the lines            1 > import asyncio"
    assert last.endswith("6 > return post")


@pytest.mark.parametrize("place", ["src/posts/gone.py:5", "src/posts/service.py:99", "nowhere"])
def test_where_there_is_nothing_nothing_is_shown(folder: Path, place: str) -> None:
    """A place that cannot be read is no reason to fail."""
    assert excerpt.of(problem(place, saw="nothing"), folder) == []


def test_no_line_is_wider_than_a_terminal(folder: Path) -> None:
    """What does not fit into 80 columns is cut off, and marked as cut."""
    (folder / "src/posts/service.py").write_text(f"x = '{'a' * 200}'\n")
    [shown] = excerpt.of(problem("src/posts/service.py:1 (module)"), folder)
    assert max(map(len, shown.splitlines())) == 80
    assert shown.endswith("…")


def test_a_line_keeps_lines_apart_and_joins_what_was_wrapped() -> None:
    """On one line, what was seen reads as it was meant: a wrapped line is one, two lines are two."""
    long = "one statement that is so long that it does not fit beside the label"
    assert excerpt.in_a_line(problem("", saw=long)) == f"saw: {long}"
    assert excerpt.in_a_line(problem("", saw="200 for a\n500 for b")) == "saw: 200 for a; 500 for b"


def test_a_line_fits_a_terminal() -> None:
    """What does not fit into 80 columns is cut off, and marked as cut."""
    shown = excerpt.in_a_line(problem("", saw="12 lines\n" * 12))
    assert len(shown) <= 80
    assert shown.endswith("…")
