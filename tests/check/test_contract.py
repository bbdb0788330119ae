"""Rules that are judged by reading the folder: each can fail, and names what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas.rulebook import LINES
from tests.fake_course import SUM, TAGS, seal

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)


def test_a_lesson_that_keeps_the_contract_is_not_complained_about(course: Course) -> None:
    """The fake course as it was made breaks no rule."""
    assert course.complaints() == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "Sum of fees"', "", "lesson.toml: title: field required"),
        ("minutes = 5", 'minutes = "soon"', "lesson.toml: minutes: input should be a valid integer"),
        ('slug = "sum_of_fees"', 'slug = "fees"', "lesson.toml: slug 'fees' and folder"),
        ('chapter = "writing"', 'chapter = "poetry"', "chapter 'poetry' is unknown"),
        ("https://docs", "http://docs", "is not https"),
        ('title = "Built-in', 'title = "https://x Built-in', "has no title of its own"),
        ('edit = ["src/fees/service.py"]', 'edit = ["src/fees/router.py"]', "`edit` names src/fees/router.py"),
        ("prerequisites = []", 'prerequisites = ["fresh_tags"]', "'fresh_tags' comes later"),
        ("prerequisites = []", 'prerequisites = ["courage"]', "'courage' is no other lesson"),
        ("prerequisites = []", 'prerequisites = ["sum_of_fees"]', "'sum_of_fees' is no other lesson"),
    ],
)
def test_a_field_that_says_something_wrong_is_named(course: Course, old: str, new: str, complaint: str) -> None:
    """Every field of lesson.toml is compared with the course around it."""
    course.edit_lesson("lesson.toml", old, new)
    assert complaint in _first(course.complaints())


def test_a_lesson_without_its_toml_is_named(course: Course) -> None:
    """A folder that looks like a lesson is one."""
    (course.root / "lessons" / SUM / "lesson.toml").unlink()
    assert _first(course.complaints()).startswith("lesson.toml is missing")


def test_two_lessons_cannot_own_a_line(course: Course) -> None:
    """A line of the rulebook belongs to one lesson, and both hear of it."""
    course.edit(f"lessons/{TAGS}/lesson.toml", '["L3"]', '["L3", "L1"]')
    course.edit(f"lessons/{TAGS}/test_fresh_tags.py", 'guideline("L3")', 'guideline("L3", "L1")')
    seal(course.root, TAGS)
    assert course.complaints() == [
        f"L1 belongs to lessons/{TAGS} too; leave each line of the rulebook to one lesson",
        f"lessons/{TAGS}: L1 belongs to lessons/{SUM} too; leave each line of the rulebook to one lesson",
        f"lessons/{TAGS}: `guidelines` names L1, which {LINES} gives to 'sum_of_fees'; change one of them",
    ]


@pytest.mark.parametrize(
    ("folder", "complaint"), [("01_other", "has the same number"), ("03_sum_of_fees", "has the same slug")]
)
def test_numbers_and_slugs_are_given_once(course: Course, folder: str, complaint: str) -> None:
    """Two lessons with one number, or one slug, cannot be told apart."""
    other = course.root / "lessons" / folder
    other.mkdir()
    text = (course.root / "lessons" / SUM / "lesson.toml").read_text()
    text = text.replace('slug = "sum_of_fees"', f'slug = "{folder[3:]}"').replace('"L1", "L2"', '"L9"')
    (other / "lesson.toml").write_text(text)
    assert complaint in _first(course.complaints())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "README.md is missing"),
        ("pytest lessons/01\n" * 41, "README.md has 41 lines"),
        ("pytest lessons/01\n" + "x" * 101 + "\n", "README.md:2 is wider than 100 columns"),
        ("pytest lessons/011\n", "name the command `pytest lessons/01`"),
    ],
)
def test_the_ticket_fits_a_screen_and_says_how_to_run_it(course: Course, text: str, complaint: str) -> None:
    """README.md is at most 40 lines of 100 columns, and names the command."""
    (course.root / "lessons" / SUM / "README.md").write_text(text)
    course.seal()
    assert complaint in _first(course.complaints())


@pytest.mark.parametrize("word", ["BUG", "TODO", "FIXME", "???"])
def test_a_slice_does_not_point_at_its_fault(course: Course, word: str) -> None:
    """A fault looks innocent, the way it does in review."""
    course.edit_lesson("src/fees/service.py", "    return", f"    # {word}\n    return")
    assert f"src/fees/service.py says {word!r}" in _first(course.complaints())


def test_a_longer_word_is_no_giveaway(course: Course) -> None:
    """DEBUG is a level of logging."""
    course.edit_lesson("src/fees/service.py", "    return", "    # DEBUG\n    return")
    assert course.complaints() == []


def test_a_lesson_without_a_seal_is_named(course: Course) -> None:
    """Without its seal nobody knows what the starter was."""
    (course.root / "solutions" / SUM / "starter.lock").unlink()
    assert "starter.lock is missing" in _first(course.complaints())


@pytest.mark.parametrize("path", ["src/fees/service.py", "test_sum_of_fees.py", "lesson.toml"])
def test_the_sealed_starter_is_judged_and_not_the_working_copy(course: Course, path: str) -> None:
    """What a learner does to the working copy is a note; it is a violation only where the seal must hold."""
    with (course.root / "lessons" / SUM / path).open("a") as file:
        file.write("# TODO: mine\n")
    assert course.complaints() == []
    assert course.notes() == [f"lessons/{SUM}: note: you have edited {path}; the sealed starter was checked instead"]
    assert course.complaints(sealed=True) == [
        f"{path} differs from starter.lock; take the edits back, or seal them with `kata check 01 --record`"
    ]


def _first(complaints: list[str]) -> str:
    """Return the complaint about the first lesson; others may follow from it in the second."""
    assert complaints
    return complaints[0]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("L3 = {", "L4 = {", "`guidelines` names L3, which lessons/rulebook.toml does not have"),
        ("L3 = {", "L4 = {", "lessons/rulebook.toml gives L4 to it, and `guidelines` does not name it"),
        (
            'L2 = { lesson = "sum_of_fees"',
            'L2 = { lesson = "tagged_once"',
            "`guidelines` names L2, which lessons/rulebook.toml gives to 'tagged_once'",
        ),
    ],
)
def test_the_rulebook_and_the_lessons_agree(course: Course, old: str, new: str, complaint: str) -> None:
    """A lesson owns the lines that the rulebook gives to it, no more and no fewer."""
    course.edit("lessons/rulebook.toml", old, new)
    assert any(complaint in line for line in course.complaints())
