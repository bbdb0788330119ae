"""The gate as a whole: what it prints, what it returns, what it records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.check import check
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

SERVICE = "src/fees/service.py"
LARGEST = f"solutions/{SUM}/rejected/largest"


def test_a_clean_course_is_green(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Each lesson is one line on stdout; progress is on stderr; the exit code is 0."""
    assert course.root.is_dir()
    assert check([]) == 0
    out, err = capsys.readouterr()
    counts = "starter red, reference green, 2 of 2 accepted green, 3 of 3 rejected refused; no violations"
    assert out.splitlines()[:2] == [f"{SUM}: {counts}", f"{TAGS}: {counts}"]
    assert out.splitlines()[2].startswith("2 lessons, 14 runs in ")
    assert err.count("as declared") == 14


def test_a_violation_is_a_line_and_red(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong is told in one sorted line each, without traceback, for the chosen lesson alone."""
    (course.root / LARGEST / "golden.txt").unlink()
    (course.root / "docs/lessons/sum_of_fees.md").unlink()
    (course.root / "docs/lessons/fresh_tags.md").unlink()
    assert check(["1"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[:3] == [
        f"{SUM}: starter red, reference green, 2 of 2 accepted green, 2 of 3 rejected refused; 2 violations",
        f"lessons/{SUM}: docs/lessons/sum_of_fees.md is missing; write the page by the contract",
        f"lessons/{SUM}: rejected/largest has no golden.txt; `kata check 01 --record` writes it",
    ]
    assert out[3].endswith("2 violations")


def test_json_is_one_document_with_every_verdict(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """A program reads every verdict, violation and note from stdout."""
    course.edit(f"lessons/{SUM}/{SERVICE}", "[:-1]", "")
    (course.root / LARGEST / "golden.txt").unlink()
    assert check([SUM], as_json=True) == 1
    document = json.loads(capsys.readouterr().out)
    verdicts = {verdict["overlay"]: verdict for verdict in document["verdicts"]}
    assert len(verdicts) == 7
    assert verdicts["starter"]["tests"] == {
        "test_every_fee_counts": "failed",
        "test_one_fee_is_its_own_total": "failed",
        "test_no_fee_costs_nothing": "passed",
    }
    assert verdicts["starter"]["outcome"] == "as declared"
    assert verdicts["starter"]["lesson"] == SUM
    assert verdicts["starter"]["seconds"] > 0
    assert verdicts["rejected/largest"]["outcome"] == "NOT as declared"
    assert [violation["lesson"] for violation in document["violations"]] == [SUM]
    assert document["notes"] == [
        f"lessons/{SUM}: note: you have edited {SERVICE}; the sealed starter was checked instead"
    ]


def test_a_lesson_without_seal_is_not_run(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is nothing to run, the gate says so and is red."""
    (course.root / "solutions" / SUM / "starter.lock").unlink()
    assert check([SUM]) == 1
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith(f"{SUM}: starter not run, reference not run, 0 of 0 accepted green")


def test_an_unknown_lesson_is_misuse(course: Course) -> None:
    """A query that names no lesson ends in one line that says which there are."""
    assert course.root.is_dir()
    with pytest.raises(Misuse, match="no lesson '7': the lessons are 01, 02"):
        check(["7"])


def test_recording_seals_and_writes_golden_messages(course: Course) -> None:
    """`record` publishes the lesson as it lies there, and its messages with it."""
    (course.root / "solutions" / SUM / "starter.lock").unlink()
    golden = course.root / LARGEST / "golden.txt"
    before = golden.read_text()
    golden.write_text("")
    assert check([SUM], record=True) == 0
    assert golden.read_text() == before
    assert course.complaints(sealed=True) == []


def test_recording_blesses_no_wrong_answer_that_is_green(course: Course) -> None:
    """A rejected variant that passes keeps its old message, and the gate is red."""
    golden = course.root / LARGEST / "golden.txt"
    before = golden.read_text()
    course.edit(f"{LARGEST}/{SERVICE}", "max(fees, default=0)", "sum(fees) + 0")
    assert check([SUM], record=True) == 1
    assert golden.read_text() == before


@pytest.mark.parametrize("known", [True, False])
def test_recording_does_not_seal_a_solved_lesson(course: Course, *, known: bool) -> None:
    """A green starter is somebody's solution: the seal stays what it was."""
    lock = course.root / "solutions" / SUM / "starter.lock"
    before = lock.read_text()
    if not known:
        lock.unlink()
    course.edit(f"lessons/{SUM}/{SERVICE}", "[:-1]", "")
    assert check([SUM], record=True) == 1
    assert (lock.read_text() if lock.exists() else None) == (before if known else None)


def test_a_lesson_that_cannot_be_read_does_not_stop_the_others(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken lesson.toml is a violation of its lesson; the rest of the course is checked and recorded."""
    (course.root / "lessons" / SUM / "lesson.toml").write_text("slug = \n")
    course.edit(f"lessons/{TAGS}/lesson.toml", '"sum_of_fees"', "")
    assert check([], record=True) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith("1 violation")
    assert out[1].endswith("3 of 3 rejected refused; no violations")
    assert out[2].startswith(f"lessons/{SUM}: lesson.toml is not valid TOML")
