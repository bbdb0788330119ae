from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import progress
from tests.cli.conftest import RIGHT, WRONG

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata

pytestmark = pytest.mark.timeout(120)  # programs of their own, on a machine that may be busy


def test_hints_come_one_by_one_and_are_counted(kata: Kata, lesson: Lesson) -> None:
    """Each call shows one more hint; the third says that it is the last, and after it all three come again."""
    first, second, third, fourth = (kata("hint", "01").stdout for _ in range(4))
    one, two, three = lesson.hints
    assert first.startswith("Hint 1 of 3 for lesson 01 Sum of fees:\n")
    assert [one in first, two in first, "One more: kata hint 01" in first] == [True, False, True]
    assert [one in second, two in second, three in second] == [False, True, False]
    assert [two in third, three in third, "That was the last hint." in third] == [False, True, True]
    assert all(hint in fourth for hint in lesson.hints)
    assert progress.of(lesson).hints == 3


def test_a_diff_of_an_unsolved_lesson_is_refused_without_a_terminal(kata: Kata) -> None:
    """Where nobody can be asked, an unsolved lesson is not spoiled: one line and 2."""
    done = kata("diff", "01")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "kata: lesson 01 is not solved yet: `kata diff 01 --yes` shows its solution\n"


def test_a_diff_goes_from_mine_to_the_reference(kata: Kata, service: Path) -> None:
    """`--yes` shows a unified diff of the slice, uncut, from the learner's files to the reference."""
    (service.parent / "extra.py").write_text(f"NAME = '{'x' * 120}'\n")
    done = kata("diff", "01", "--yes")
    assert done.returncode == 0
    assert [
        "--- mine/src/fees/extra.py",
        "+++ reference/src/fees/extra.py",
        "@@ -1 +0,0 @@",
        f"-NAME = '{'x' * 120}'",
        "--- mine/src/fees/service.py",
        "+++ reference/src/fees/service.py",
        "@@ -1,2 +1,2 @@",
        " def total(fees: list[int]) -> int:",
        "-    return sum(fees[:-1])",
        "+    return sum(fees)",
    ] == done.stdout.splitlines()


def test_a_solved_lesson_is_compared_without_a_question(kata: Kata, lesson: Lesson, service: Path) -> None:
    """After solving nothing is spoiled; files that equal the reference are told to."""
    progress.record_green(lesson)
    service.write_text(WRONG)
    assert "-    return 3  # my idea" in kata("diff", "01").stdout
    service.write_text(RIGHT)
    assert kata("diff", "01").stdout == "Your files are the same as the reference.\n"


def test_on_a_terminal_the_diff_asks_first(lesson: Lesson, terminal: Callable[..., tuple[int, str]]) -> None:
    """On a terminal, an unsolved lesson is spoiled by a yes only."""
    assert progress.of(lesson).state == "open"
    for keys, is_shown in {"y\n": True, "n\n": False, "\x04": False}.items():
        code, shown = terminal("diff", "01", keys=keys)
        assert code == 0
        assert "Show it? [y/N]" in shown
        assert is_shown == ("return sum(fees)" in shown)
