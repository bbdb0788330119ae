from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy


def test_the_first_red_goal_test_is_drawn(program: Kata, report: Lesson, service: Path) -> None:
    """Without a TEST: words and a picture in 80 columns, exit code 0, and nothing of the learner's is touched."""
    before = service.read_bytes()
    done = program("trace", "03")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "Lesson 03 Report on a thread",
        "Two reports are made at the same time.",
        "test_two_reports_at_once",
        "",
    ]
    assert "Your files (red)" in lines
    assert done.stdout.count("nobody else is served meanwhile") == 2
    assert "src/main.py:10 (make_report)" in done.stdout
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.stdout
    assert service.read_bytes() == before
    assert progress.of(report).state == "open"


def test_a_part_of_a_name_and_an_overlay(program: Kata, report: Lesson) -> None:
    """A test is known by a part of its name, and any overlay can be drawn."""
    done = program("trace", "03", "one_rep", "--overlay", "reference")
    assert done.returncode == 0
    assert "test_one_report\n" in done.stdout
    assert "The reference (green)" in done.stdout
    assert "in a worker thread" in done.stdout


def test_broken_and_fixed_are_compared_on_one_scale(program: Kata, report: Lesson, tmp_path: Path) -> None:
    """One above the other in 80 columns, with one scale; the page has both."""
    file = tmp_path / "trace.html"
    done = program("trace", "03", "--compare", "--yes", "--html", str(file))
    assert done.returncode == 0
    before, after = done.stdout.split("After: the reference (green)")
    axis = [line for line in done.stdout.splitlines() if line.startswith("milliseconds")]
    assert axis[0] == axis[1]
    assert "Before: your files (red)" in before
    assert "Requests 1 and 2 are under way at the same time." in after
    assert done.stdout.endswith(f"\nWritten: {file}\n")
    page = file.read_text()
    assert page.count("<svg") == 2
    assert "<h2>Before: your files (red)</h2>" in page
    assert "<code>kata trace 03 --compare</code>" in page


def test_where_there_is_room_they_stand_side_by_side(program: Kata, report: Lesson) -> None:
    """A wide terminal has both headings on one line."""
    done = program("trace", "03", "--compare", "--yes", COLUMNS="170")
    (heading,) = [line for line in done.stdout.splitlines() if "Before: " in line]
    assert heading.endswith("After: the reference (green)")


def test_a_comparison_of_an_unsolved_lesson_is_refused_without_a_terminal(program: Kata, report: Lesson) -> None:
    """It spoils the solution: where nobody can be asked, one line and 2; a solved lesson needs no question."""
    done = program("trace", "03", "two", "--compare")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "kata: lesson 03 is not solved yet: `kata trace 03 two --compare --yes` shows its solution\n"
    )
    progress.record_green(report)
    assert program("trace", "03", "--compare").returncode == 0


def test_on_a_terminal_the_comparison_asks_first(report: Lesson, terminal: Callable[..., tuple[int, str]]) -> None:
    """A no shows nothing; a yes shows both, in colour; NO_COLOR takes the colour away."""
    code, shown = terminal("trace", "03", "--compare", keys="n\n")
    assert (code, "After: " in shown, "Not shown." in shown) == (0, False, True)
    code, shown = terminal("trace", "03", "--compare", keys="y\n")
    assert (code, "After: the reference" in shown) == (0, True)
    assert re.search(r"\x1b\[1;31m *▓", shown)  # it may begin a column after its request
    _, shown = terminal("trace", "03", NO_COLOR="1")
    assert "▓▓" in shown
    assert "\x1b[1;31m" not in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["99"], "no lesson '99'"),
        (["03", "nothing"], "no test 'nothing' in lesson 03: they are test_a_report_has_words, test_one_report"),
        (["03", "words"], "test_a_report_has_words made no request through `serve`: there is nothing to draw"),
        (["01"], "no test of lesson 01 made a request through `serve`: there is nothing to draw"),
        (["03", "--overlay", "nothing"], "no overlay 'nothing' for lesson 03"),
        (["03", "--html", "lessons"], "lessons is a folder: name a file for --html"),
        (["03", "--html", "nowhere/trace.html"], "there is no folder nowhere"),
        (["03", "--html", ".gitignore"], ".gitignore is there and is no trace of ours: name another file for --html"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(
    program: Kata, report: Lesson, arguments: list[str], words: str
) -> None:
    """One line on stderr, nothing on stdout, 2."""
    done = program("trace", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_slice_that_does_not_import_is_told_in_one_line(program: Kata, report: Lesson, service: Path) -> None:
    """The line names the place to repair."""
    service.write_text("import nothing_of_that_name\n")
    done = program("trace", "03")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did not run: src/main.py:1 (module)" in done.stderr
    assert done.stderr.count("\n") == 1
