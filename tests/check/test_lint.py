"""Types and lint of starter and reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_course import SUM, TAGS, seal

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

SERVICE = "src/fees/service.py"


def test_everything_that_the_linters_see_is_told(course: Course) -> None:
    """Types, lint and form of the slice are judged on starter and reference, the test file and seed.py once."""
    course.edit(f"lessons/{SUM}/{SERVICE}", "fees[:-1]", "fees[:-1] ")
    (course.root / "lessons" / SUM / "seed.py").write_text("import os\n")
    course.edit(f"lessons/{SUM}/test_sum_of_fees.py", "assert total([]) == 0", "assert total([]) == 0 and True")
    course.edit(f"solutions/{SUM}/{SERVICE}", "int:", "str:")
    course.seal()
    codes = {" ".join(line.split()[:3]) for line in course.complaints_of_linters()}
    assert codes == {
        "starter src/fees/service.py:2 ruff:format",
        "starter seed.py:1 ruff:F401",
        "starter seed.py:1 ruff:INP001",
        "starter test_sum_of_fees.py:22 ruff:PT018",
        "reference src/fees/service.py:2 mypy:return-value",
    }


def test_a_declared_code_is_expected_on_the_starter_alone(course: Course) -> None:
    """A code in `linters` is no violation on the starter; on the reference it is, and so is its absence."""
    path = course.root / "lessons" / TAGS / "src/tags/service.py"
    path.write_text((course.root / "solutions" / TAGS / "src/tags/service.py").read_text())
    course.edit(f"solutions/{TAGS}/src/tags/service.py", "list[str] | None = None", "list[str] = []")
    seal(course.root, TAGS)
    course.edit_lesson(SERVICE.replace("service", "__init__"), "", "x: int = 'no'\n")
    course.edit_lesson("lesson.toml", "linters = []", 'linters = ["mypy:assignment", "ruff:Q000"]')
    found = course.complaints_of_linters()
    assert f"lessons/{TAGS}: `linters` declares ruff:B006, which does not appear on the starter; take it out" in found
    assert [line.split()[:4] for line in found if "B006 Do not" in line] == [
        [f"lessons/{TAGS}:", "reference", "src/tags/service.py:1", "ruff:B006"]
    ]
    assert not [line for line in found if line.startswith("starter") and ("Q000" in line or "mypy" in line)]


def test_clean_lessons_are_not_complained_about(course: Course) -> None:
    """What is as declared is not told."""
    assert course.complaints_of_linters() == []


def test_equal_sizes_and_seconds_do_not_hide_a_change(course: Course) -> None:
    """Starter and reference of one size, written in one second, are told apart by their contents."""
    course.edit_lesson(SERVICE, "sum(fees[:-1])", "sum(fees ) + 0")
    course.edit(f"solutions/{SUM}/{SERVICE}", "sum(fees)", "str(fees ) + 0"[:14])
    found = [line for line in course.complaints_of_linters() if "mypy" in line]
    assert found
    assert all(line.startswith("reference") for line in found)
