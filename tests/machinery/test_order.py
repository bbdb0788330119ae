from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, order, progress
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM, TAGS, seal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machinery.conftest import Pytest


def test_the_first_week_goes_before_the_numbers(course: Path) -> None:
    """The lessons of the path come in its order, and are announced as such; then the others, by number."""
    _write_path(course, 'days = [["fresh_tags"]]\n')
    assert _next() == "Next on the first week: 02 Fresh tags"
    progress.record_green(catalogue.find("02"))
    assert _next() == "Next: 01 Sum of fees"


def test_days_follow_each_other(course: Path) -> None:
    """A lesson of an earlier day comes first, whatever its number is."""
    _write_path(course, 'days = [["fresh_tags"], ["sum_of_fees"]]\n')
    progress.record_green(catalogue.find("02"))
    assert _next() == "Next on the first week: 01 Sum of fees"


@pytest.mark.parametrize("text", [None, "days = []\n", 'days = [["not_here_yet"]]\n'])
def test_without_a_path_lessons_come_by_number(course: Path, text: str | None) -> None:
    """A course that has no first week, or names a lesson in it that is not there, goes by number."""
    _write_path(course, text)
    assert _next() == "Next: 01 Sum of fees"
    progress.record_green(catalogue.find("01"))
    assert _next() == "Next: 02 Fresh tags"


def test_what_has_changed_waits_for_what_is_open(course: Path) -> None:
    """A lesson that changed since it was solved comes after every open one, on the path or not."""
    _write_path(course, 'days = [["sum_of_fees"]]\n')
    progress.record_green(catalogue.find("01"))
    (course / "lessons" / SUM / "README.md").write_text("# Another ticket\n")
    seal(course, SUM)
    assert _next() == "Next: 02 Fresh tags"
    progress.record_green(catalogue.find("02"))
    assert _next() == "Next on the first week: 01 Sum of fees"


@pytest.mark.parametrize("text", ['week = [["sum_of_fees"]]\n', 'days = ["sum_of_fees"]\n'])
def test_a_path_that_is_not_made_of_days_is_one_line(course: Path, text: str) -> None:
    """A file that holds no days is named, with what it should hold."""
    _write_path(course, text)
    with pytest.raises(Misuse, match=r"lessons/first_week.toml: days must be lists of slugs"):
        order.first_week()


def test_green_says_once_what_comes_next(course: Path, run_pytest: Pytest) -> None:
    """After green the next lesson is named, once in a run, also where the lesson was solved before."""
    _write_path(course, 'days = [["fresh_tags"], ["sum_of_fees"]]\n')
    for name, file in ((SUM, "src/fees/service.py"), (TAGS, "src/tags/service.py")):
        (course / "lessons" / name / file).write_bytes((course / "solutions" / name / file).read_bytes())
    shown = [run_pytest(f"lessons/{number}").stdout for number in ("01", "01", "02")]
    assert "Solved: Sum of fees.\nNext on the first week: 02 Fresh tags (kata next)\n" in shown[0]
    assert "It was solved before.\nNext on the first week: 02 Fresh tags (kata next)\n" in shown[1]
    assert "Solved: Fresh tags.\nEvery lesson is solved.\n" in shown[2]
    assert run_pytest("lessons").stdout.count("Every lesson is solved.") == 1


def _next() -> str:
    lesson = order.next_lesson()
    assert lesson
    return "".join(order.announced(lesson))


def _write_path(course: Path, text: str | None) -> None:
    file = course / order.FIRST_WEEK
    if text is None:
        file.unlink()
    else:
        file.write_text(text)
