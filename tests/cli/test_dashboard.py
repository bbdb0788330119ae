from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, order, progress
from docfliq_katas.cli import serving
from tests.fake_course import SUM, TAGS, seal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_without_a_terminal_the_dashboard_is_plain_words(program: Kata) -> None:
    """Without a terminal there are words only: no bar, no colour, no chapter without lessons."""
    done = program()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Docfliq katas: 0 of 2 lessons solved",
        "",
        "Writing: 0 of 2 solved",
        "",
        "Next on the first week: 01 Sum of fees",
        "      Ticket: lessons/01_sum_of_fees/README.md",
        "      Run it: pytest lessons/01",
        "      A hint: kata hint 01",
    ]


def test_on_a_terminal_bars_stand_beside_the_words(lesson: Lesson, terminal: Callable[..., tuple[int, str]]) -> None:
    """On a terminal a chapter has a bar and the same words, in 80 columns."""
    progress.record_green(lesson)
    code, shown = terminal(keys="n\n")
    plain = _ESCAPE.sub("", shown)
    assert code == 0
    assert "Writing  █████░░░░░  1 of 2 solved" in plain
    assert "\x1b[32m" in shown
    assert max(map(len, plain.splitlines())) <= 80


def test_no_color_is_obeyed(lesson: Lesson, terminal: Callable[..., tuple[int, str]]) -> None:
    """With NO_COLOR a terminal shows no colour; the bars stay."""
    progress.record_green(lesson)
    _, shown = terminal(NO_COLOR="1", keys="n\n")
    assert "Writing  █████" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


def test_the_dashboard_starts_no_server(kata: Kata, lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers start when a lesson runs, and not when somebody looks at the course."""
    toml = lesson.folder / "lesson.toml"
    toml.write_text(toml.read_text().replace("services = []", 'services = ["valkey"]'))
    monkeypatch.setattr(serving, "start_for", pytest.fail)
    done = kata()
    assert (done.returncode, done.stderr) == (0, "")
    assert "Next on the first week: 01 Sum of fees" in done.stdout


def test_on_a_terminal_the_next_lesson_can_be_watched(course: Path, terminal: Callable[..., tuple[int, str]]) -> None:
    """Whoever says yes goes on in the watch, which ends with q."""
    code, shown = terminal(keys="y\nq", TERM="dumb")
    assert code == 0
    assert "Run it now, and again after every save? [y/N]" in shown
    assert "Watching lesson 01 Sum of fees (open)" in shown


@pytest.mark.parametrize("command", ["next", "list", "hint"])
def test_80_columns_are_enough(command: str, course: Path, terminal: Callable[..., tuple[int, str]]) -> None:
    """No line of the reading commands is wider than 80 columns, however long the texts of the lesson are."""
    toml = course / "lessons" / SUM / "lesson.toml"
    long_title = toml.read_text().replace("Sum of fees", "Sum of all of the fees on an invoice of the house")
    toml.write_text(long_title.replace("Where to look.", "Look at src/fees/service.py. " * 9))
    code, shown = terminal(*([command, "01"] if command == "hint" else [command]))
    assert code == 0
    assert max(map(len, _ESCAPE.sub("", shown).splitlines())) <= 80


def test_next_shows_the_ticket_of_the_first_open_lesson(kata: Kata, lesson: Lesson) -> None:
    """`kata next` names the first lesson that is not solved, and tells its README."""
    first = kata("next").stdout
    assert "Next on the first week: 01 Sum of fees" in first
    assert "# The invoice is too small" in first
    assert "To edit: src/fees/service.py" in first
    progress.record_green(lesson)
    assert "Next on the first week: 02 Fresh tags" in kata("next").stdout


def test_next_names_what_a_lesson_builds_on(kata: Kata, course: Path) -> None:
    """A lesson whose prerequisite is open says so."""
    (course / order.FIRST_WEEK).unlink()
    for kind in ("lessons", "solutions"):
        (course / kind / SUM).rename(course / kind / "03_sum_of_fees")
    assert "It builds on sum_of_fees: not solved yet." in kata("next").stdout


def test_the_end_of_the_course_is_told(kata: Kata, course: Path) -> None:
    """When every lesson is solved, `kata` and `kata next` say so."""
    for name in (SUM, TAGS):
        progress.record_green(catalogue.read(course / "lessons" / name))
    assert "Every lesson is solved." in kata("next").stdout
    assert "2 of 2 lessons solved" in kata().stdout


def test_a_lesson_that_changed_since_it_was_solved_is_named(kata: Kata, course: Path, lesson: Lesson) -> None:
    """A solved lesson that the course changes is no longer solved, and every view says why."""
    progress.record_green(lesson)
    assert "01  solved" in kata("list").stdout
    (lesson.folder / "README.md").write_text("# Another ticket\n\nRun `pytest lessons/01`.\n")
    seal(course, SUM)
    assert "01  changed" in kata("list").stdout
    shown = kata().stdout
    assert "Writing: 0 of 2 solved, 1 changed since" in shown
    assert "The course changed lesson 01 after you solved it" in shown
    assert "Next on the first week: 02 Fresh tags" in shown


def test_an_edited_test_file_is_named(kata: Kata, lesson: Lesson) -> None:
    """The dashboard names a test file that is not the course's, and says how to bring that one back."""
    lesson.test_file.write_text("def test_every_fee_counts() -> None: pass\n")
    told = " ".join(kata().stdout.split())
    assert "lessons/01_sum_of_fees/test_sum_of_fees.py is not the course's file" in told
    assert "`kata reset 01 --tests` puts it back" in told


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["next"], ["hint", "01"], []])
def test_reading_commands_import_nothing_heavy(arguments: list[str], course: Path) -> None:
    """Help, lists and hints come without the libraries that lessons use."""
    code = (
        "import sys; from docfliq_katas.cli import main; main(sys.argv[1:]);"
        "heavy = {'fastapi', 'sqlalchemy', 'pytest', '_pytest', 'beanie', 'pymongo', 'redis', 'asyncpg', 'uvicorn'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=course, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
