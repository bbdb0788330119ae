"""The files about the rulebook: what is wrong with them is one line, and everything that they name exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import rulebook
from docfliq_katas.errors import Misuse
from tests.fake_course import fake_course

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fake course to spoil."""
    root = fake_course(tmp_path / "course")
    monkeypatch.setenv("KATA_ROOT", str(root))
    return root


def test_lines_come_in_order_with_their_sections(course: Path) -> None:
    """Each line has its section, its words and its lesson; that one may be to come."""
    assert course.is_dir()
    assert [(line.number, line.section, line.lesson) for line in rulebook.lines()] == [
        ("L1", "Adding up", "sum_of_fees"),
        ("L2", "Adding up", "sum_of_fees"),
        ("L3", "Lists", "fresh_tags"),
        ("L5", "Lists", "tagged_once"),
    ]


def test_a_correction_says_what_was_measured_and_by_what(course: Path) -> None:
    """A row has the lines that it corrects, the packages it was measured on, and the tests that measure it."""
    assert course.is_dir()
    (correction,) = rulebook.corrections()
    assert correction.lines == ("L2",)
    assert correction.packages == ("pytest",)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("rulebook", '"tagged_once", says', '"nobody", says', "L5 belongs to 'nobody', no lesson and not planned"),
        ("rulebook", "L5 = {", "L2 = {", "L2 comes after L3"),
        ("rulebook", "L5 = {", "five = {", "five: number: "),
        ("rulebook", 'says = "Add a tag once."', "tests = []", "L5: says: field required"),
        ("rulebook", "L5 = {", "L5 {", "is not valid TOML"),
        ("corrections", '["L2"]', '["L9"]', "L9 is no line of lessons/rulebook.toml"),
        ("corrections", 'packages = ["pytest"]', "packages = []", "packages: "),
    ],
)
def test_what_is_wrong_is_one_line(*, course: Path, file: str, old: str, new: str, complaint: str) -> None:
    """A mistake in either file is told with the file, the line of the rulebook and what to do."""
    path = course / f"lessons/{file}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(Misuse) as caught:
        rulebook.corrections()
    assert complaint in str(caught.value)
    assert f"lessons/{file}.toml" in str(caught.value)
