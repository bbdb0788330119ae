from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from pathlib import Path


def test_lessons_come_in_order(course: Path) -> None:
    """The number of the folder orders the lessons."""
    assert [lesson.name for lesson in catalogue.lessons()] == [SUM, TAGS]


def test_chapters_come_in_the_order_of_their_file(course: Path) -> None:
    """The chapters are read from one file, in its order."""
    assert [(chapter.key, chapter.title) for chapter in catalogue.chapters()] == [
        ("writing", "Writing"),
        ("structure", "Structure"),
    ]


@pytest.mark.parametrize("query", ["01", "1", SUM, "sum_of_fees", f"lessons/{SUM}/"])
def test_a_lesson_is_found_by_any_of_its_names(course: Path, query: str) -> None:
    """A number, a slug, a folder's name and a path mean the same lesson."""
    assert catalogue.find(query).name == SUM


def test_an_unknown_lesson_names_the_known_ones(course: Path) -> None:
    """A lesson that does not exist is refused with the numbers that do."""
    with pytest.raises(Misuse, match="no lesson '77': the lessons are 01, 02"):
        catalogue.find("77")


def test_a_folder_with_a_wrong_name_is_not_passed_over(course: Path) -> None:
    """A lesson whose folder does not begin with two digits is told in one line, and does not vanish."""
    (course / "lessons" / SUM).rename(course / "lessons" / "1_sum_of_fees")
    with pytest.raises(Misuse, match="folder '1_sum_of_fees' must agree, NN_slug"):
        catalogue.lessons()


def test_a_lesson_knows_its_tests(course: Path) -> None:
    """The names of the tests are read from the test file, in its order."""
    assert catalogue.find("02").tests == ("test_a_call_does_not_see_the_one_before", "test_a_tag_comes_last")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("minutes = 5", "minutes = 0", "minutes: input should be greater than or equal to 1"),
        ("services = []", 'services = ["oracle"]', "services.0: input should be 'postgres', 'mongodb' or 'valkey'"),
        ("services = []", "", "services: field required"),
        ("services = []", "services = []\nextra = 1", "extra: extra inputs are not permitted"),
        ('guidelines = ["L1", "L2"]', 'guidelines = ["17"]', "guidelines.0: string should match pattern"),
        ('slug = "sum_of_fees"', 'slug = "other"', "must agree, NN_slug"),
        ("services = []", "services = [", "is not valid TOML"),
        ("services = []", 'services = []\nfolder = "x"', "multiple values for keyword argument 'folder'"),
    ],
)
def test_a_lesson_toml_that_is_wrong_is_one_line(course: Path, old: str, new: str, line: str) -> None:
    """Whatever is wrong in a lesson.toml, one line names the file and the field."""
    path = course / "lessons" / SUM / "lesson.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(Misuse) as caught:
        catalogue.find("01")
    assert str(caught.value).startswith(f"lessons/{SUM}/lesson.toml")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
