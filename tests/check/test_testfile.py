"""Rules about a lesson's test file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fake_course import SUM

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            '    """The total of one fee is that fee."""\n',
            "",
            "test_one_fee_is_its_own_total has no docstring; state its law in one sentence",
        ),
        (
            "is zero.",
            "is zero. It is never None.",
            "the docstring of test_no_fee_costs_nothing is not one sentence; state its law in one, with a full stop",
        ),
        (
            "is zero.",
            "is zero",
            "the docstring of test_no_fee_costs_nothing is not one sentence; state its law in one, with a full stop",
        ),
        (
            'guideline("L2")',
            'guideline("L1")',
            "no test is marked with L2; mark one with @pytest.mark.guideline('L2')",
        ),
        (
            'guideline("L2")',
            'guideline("L2", "L3")',
            "test_one_fee_is_its_own_total is marked with L3, which this lesson does not own; take the mark off",
        ),
        ("import pytest", "import = pytest", "test_sum_of_fees.py:3 is not Python: invalid syntax; repair it"),
    ],
)
def test_a_test_file_that_breaks_the_contract_is_named(course: Course, old: str, new: str, complaint: str) -> None:
    """Docstrings, marks and guards are read from the syntax tree."""
    course.edit_lesson("test_sum_of_fees.py", old, new)
    assert course.complaints() == [complaint]


def test_a_lesson_has_a_guard(course: Course) -> None:
    """A lesson whose tests are all red on the starter leaves the fix free to break what worked."""
    name = "test_no_fee_costs_nothing"
    course.edit_lesson("lesson.toml", "[red]\n", f'[red]\n{name} = "assert"\n')
    course.edit_lesson("test_sum_of_fees.py", f"def {name}", f'@pytest.mark.guideline("L1")\ndef {name}')
    assert course.complaints() == [
        "there is no guard; add a test that is green on the starter and keeps the fix honest"
    ]


def test_a_goal_test_carries_its_lines(course: Course) -> None:
    """A test that is red on the starter says which line of the rulebook it encodes."""
    course.edit_lesson("test_sum_of_fees.py", '@pytest.mark.guideline("L2")\n', "")
    course.edit_lesson("test_sum_of_fees.py", 'guideline("L1")', 'guideline("L1", "L2")')
    assert course.complaints() == [
        "test_one_fee_is_its_own_total is not marked; add @pytest.mark.guideline with the lines that it encodes"
    ]


def test_a_mark_on_the_module_counts_for_every_test(course: Course) -> None:
    """`pytestmark` marks them all."""
    course.edit_lesson("test_sum_of_fees.py", '@pytest.mark.guideline("L1")\n', "")
    course.edit_lesson("test_sum_of_fees.py", '@pytest.mark.guideline("L2")\n', "")
    course.edit_lesson(
        "test_sum_of_fees.py",
        "\n\n\ndef test_every",
        '\n\npytestmark = [pytest.mark.guideline("L1", "L2")]\n\n\ndef test_every',
    )
    assert course.complaints() == []


def test_red_names_tests_that_exist(course: Course) -> None:
    """A test that was renamed is missed."""
    course.edit_lesson("lesson.toml", "test_every_fee_counts =", "test_some_fee_counts =")
    assert course.complaints() == [
        "`red` names test_some_fee_counts, which does not exist; name tests of test_sum_of_fees.py"
    ]


def test_a_lesson_without_tests_is_named(course: Course) -> None:
    """The test file is named by the slug."""
    (course.root / "lessons" / SUM / "test_sum_of_fees.py").unlink()
    course.seal()
    assert course.complaints() == ["test_sum_of_fees.py is missing; a lesson has one test file, named by its slug"]


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(0.1)",
        "await asyncio.sleep(1)",
        "sleep(0.1)",
        "await anyio.sleep(delay=2)",
        "time.sleep(PAUSE)",
    ],
)
def test_a_sleep_is_no_synchronisation(course: Course, line: str) -> None:
    """A sleep of a known length, other than zero, is refused wherever it stands."""
    _put_into_a_test(course, line)
    what = "sleeps; wait for the event itself, the clock proves nothing"
    assert course.complaints() == [f"test_sum_of_fees.py:10 {what}"]


@pytest.mark.parametrize("line", ["await asyncio.sleep(0)", "await asyncio.sleep(pause)", "time.sleep(NOTHING)"])
def test_a_sleep_that_only_yields_is_let_pass(course: Course, line: str) -> None:
    """A sleep of zero lets others run; a length that the syntax does not tell is not guessed."""
    _put_into_a_test(course, line)
    assert course.complaints() == []


@pytest.mark.parametrize(
    "line",
    [
        "assert time.perf_counter() < 3",
        "began = time.monotonic(); took = time.monotonic() - began; assert took < 1",
        "assert asyncio.get_running_loop().time() < 1",
        "began, other = time.time(), 0; assert 5 > time.time() - began",
    ],
)
def test_an_assert_on_elapsed_time_is_refused(course: Course, line: str) -> None:
    """The wall clock of a busy machine proves nothing."""
    _put_into_a_test(course, line)
    what = "asserts on the wall clock; count what happened, or ask a probe"
    assert course.complaints() == [f"test_sum_of_fees.py:10 {what}"]


def test_the_clock_may_be_read(course: Course) -> None:
    """Measuring is no crime; asserting on it is."""
    _put_into_a_test(course, "began = time.monotonic(); print(began); assert total([]) == 0")
    assert course.complaints() == []


def _put_into_a_test(course: Course, line: str) -> None:
    course.edit_lesson("test_sum_of_fees.py", "def test_every_fee_counts", "async def test_every_fee_counts")
    course.edit_lesson("test_sum_of_fees.py", "    assert total([1, 2]) == 3", f"    {line}")
    course.edit_lesson(
        "test_sum_of_fees.py",
        '\n\n\n@pytest.mark.guideline("L1")',
        '\nPAUSE = 0.1; NOTHING = 0\n@pytest.mark.guideline("L1")',
    )
