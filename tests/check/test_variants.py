"""Rules about the reference, the accepted and the rejected variants, before any of them runs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.check import variants
from tests.fake_course import SUM

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

SERVICE = "src/fees/service.py"
SOLUTION = f"solutions/{SUM}"


@pytest.mark.parametrize(
    ("kind", "name", "complaint"),
    [
        ("accepted", "from_zero", "there are 1 accepted variants; the contract asks for 2 at least"),
        ("rejected", "largest", "there are 2 rejected variants; the contract asks for 3 at least"),
    ],
)
def test_there_are_enough_variants(course: Course, kind: str, name: str, complaint: str) -> None:
    """Two other right answers and three wrong ones, at least."""
    shutil.rmtree(course.root / SOLUTION / kind / name)
    assert course.complaints() == [complaint]


@pytest.mark.parametrize("name", ["accepted/from_zero", "rejected/largest"])
def test_a_variant_says_why(course: Course, name: str) -> None:
    """Every variant has a variant.toml."""
    (course.root / SOLUTION / name / "variant.toml").unlink()
    wants = "say why in one sentence, and for a rejected one which tests it fails"
    assert course.complaints() == [f"{name}/variant.toml is missing; {wants}"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("why = ", "who = ", "why: field required"),
        ('"Somebody would write it."', '""', "why: string should have at least 1 character"),
        ("fails = ", "red = ", "fails: field required"),
        ("fails = ['test_every_fee_counts']", "fails = []", "fails: tuple should have at least 1 item"),
        ("test_every_fee_counts", "test_every_fee", "names test_every_fee, which does not exist"),
        ("why = ", "why is ", "is not valid TOML"),
    ],
)
def test_a_variant_toml_is_well_formed(course: Course, old: str, new: str, complaint: str) -> None:
    """It says why in one sentence, and which tests a wrong answer fails."""
    course.edit(f"{SOLUTION}/rejected/largest/variant.toml", old, new)
    found = course.complaints()
    assert len(found) == 1
    assert found[0].startswith("rejected/largest/variant.toml")
    assert complaint in found[0]


def test_an_overlay_differs_from_the_lesson(course: Course) -> None:
    """A file that says the same as the lesson's has no place in an overlay."""
    shutil.copy(course.root / "lessons" / SUM / "src/__init__.py", course.root / SOLUTION / "accepted/from_zero/src")
    what = "an overlay holds only what differs, delete it"
    assert course.complaints() == [f"accepted/from_zero repeats src/__init__.py of the lesson unchanged; {what}"]


def test_an_overlay_holds_something(course: Course) -> None:
    """A lesson without a reference has no solution."""
    shutil.rmtree(course.root / SOLUTION / "src")
    assert course.complaints() == [
        "reference has no src/ with a file in it; lay down the files that differ from the lesson"
    ]


def test_two_variants_are_two_answers(course: Course) -> None:
    """A variant that repeats another proves nothing more."""
    shutil.copy(course.root / SOLUTION / SERVICE, course.root / SOLUTION / "accepted/from_zero" / SERVICE)
    assert course.complaints() == ["accepted/from_zero is the same as reference; keep one of them"]


@pytest.mark.parametrize(
    ("restructures", "lines", "complaints"),
    [
        (False, 14, []),
        (False, 15, ["the reference changes 16 lines; make the fix smaller, 15 at most"]),
        (True, 39, []),
        (True, 40, ["the reference changes 41 lines; make the fix smaller, 40 at most"]),
    ],
)
def test_the_fix_is_small(course: Course, *, restructures: bool, lines: int, complaints: list[str]) -> None:
    """A fix changes 15 lines at most, and 40 where the lesson is about structure."""
    course.edit_lesson("lesson.toml", "minutes", f"restructures = {str(restructures).lower()}\nminutes")
    course.edit(f"{SOLUTION}/{SERVICE}", "    return", "    fees = fees\n" * lines + "    return")
    assert course.complaints() == complaints


def test_a_changed_line_counts_once() -> None:
    """A replaced line is one change, not a removal and an addition."""
    assert variants.difference("a\nb\nc\n", "a\nB\nc\n") == 1
    assert variants.difference("a\nb\n", "a\nb\nc\nd\n") == 2
    assert variants.difference("a\nb\n", "") == 2


def test_moved_code_is_not_changed_code() -> None:
    """Another indentation and blank lines cost a reader nothing."""
    assert variants.difference("if a:\n    b\n", "if a:\n\n        b\n") == 0
