from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from docfliq_katas import catalogue
from docfliq_katas.check import check_steadiness, steady
from tests.fake_course import SUM, seal

if TYPE_CHECKING:
    import pytest

    from tests.check.conftest import Course

SHARING = """\
import pytest

seen: list[int] = []


@pytest.fixture
def processes() -> None:
    pass


def test_leaves_something(processes: None) -> None:
    seen.append(1)


def test_takes_over(processes: None) -> None:
    assert seen
"""


def test_unanimous_verdicts_are_green(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Runs that always come to the same verdict, shuffled or not, are steady."""
    assert check_steadiness(["01"], repeat=2, shuffle=True) == 0
    assert "14 runs in 2 rounds: all unanimous" in capsys.readouterr().out


def test_a_verdict_that_changes_is_named(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A lesson whose verdict depends on what ran before is refused, with the verdicts counted, and named at once."""
    memory = course.root / "memory"
    (course.root / "lessons" / SUM / "src/fees/service.py").write_text(
        "from pathlib import Path\n\n\n"
        "def total(fees: list[int]) -> int:\n"
        f"    memory = Path({str(memory)!r})\n"
        "    if memory.exists():\n"
        "        return sum(fees)\n"
        "    memory.touch()\n"
        "    return -1\n"
    )
    seal(course.root, SUM)
    found = steady.rounds([catalogue.find("01")], repeat=3, shuffle=False, load=False, only=["starter"])
    assert steady.report(found) == [
        f"lessons/{SUM}: starter is not steady: 2 times green; 1 times red in test_every_fee_counts"
    ]
    assert capsys.readouterr().err.splitlines()[-4:] == [
        "round 1 of 3: 0 of 1 verdicts not unanimous",
        f"lessons/{SUM}: starter is not steady: 1 times green; 1 times red in test_every_fee_counts",
        "round 2 of 3: 1 of 1 verdicts not unanimous",
        "round 3 of 3: 1 of 1 verdicts not unanimous",
    ]


def test_a_run_without_a_verdict_says_why(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that dies is a verdict of its own, in one line."""
    memory = course.root / "memory"
    (course.root / "lessons" / SUM / "src/fees/service.py").write_text(
        "import os\nfrom pathlib import Path\n\n"
        f"memory = Path({str(memory)!r})\n"
        "if memory.exists():\n"
        "    os._exit(7)\n"
        "memory.touch()\n\n\n"
        "def total(fees: list[int]) -> int:\n"
        "    return sum(fees)\n"
    )
    seal(course.root, SUM)
    found = steady.rounds([catalogue.find("01")], repeat=2, shuffle=False, load=False, only=["starter"])
    died = "no verdict (the run died without a word (exit code 7))"
    assert steady.report(found) == [f"lessons/{SUM}: starter is not steady: 1 times green; 1 times {died}"]


def test_every_second_round_is_spread_over_processes(course: Course) -> None:
    """A lesson that holds only as long as its tests share a process is refused."""
    folder = course.root / "lessons" / SUM
    (folder / "test_sum_of_fees.py").write_text(SHARING)
    seal(course.root, SUM)
    found = steady.rounds([catalogue.find("01")], repeat=2, shuffle=False, load=False, only=["starter"])
    assert steady.report(found) == [
        f"lessons/{SUM}: starter is not steady: 1 times green; 1 times red in test_takes_over"
    ]


def test_load_ends_with_the_rounds(course: Course) -> None:
    """The processes that keep the processors busy are gone afterwards."""
    before = psutil.Process().children()
    found = steady.rounds([catalogue.find("01")], repeat=1, shuffle=False, load=True, only=["reference"])
    assert found == {(SUM, "reference"): ["green"]}
    assert set(psutil.Process().children()) <= set(before)
