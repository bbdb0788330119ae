"""A lesson that `kata new` has made: the gate refuses it until it is written, and names what is left."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, runner, scaffold, starter
from docfliq_katas.check import check
from docfliq_katas.check.placeholder import MARK
from tests.fake_course import SUM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

NEW = "03_tagged_once"
ROOTS = (f"lessons/{NEW}", f"solutions/{NEW}", "docs/lessons/tagged_once.md")


def test_a_scaffold_fails_the_gate_with_every_place_that_is_left(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """The gate names each line to be written, the missing variants, the missing seal and the plan, and nothing else."""
    scaffold.new("tagged_once")
    assert check(["03"]) == 1
    said = capsys.readouterr().out.splitlines()[1:-1]
    left = [line for line in said if "still says 'WRITE:" in line]
    assert {_place(line) for line in left} == set(_marked(course.root))
    assert {_place(line).partition(":")[0] for line in left} == _files_to_write()
    assert [line.removeprefix(f"lessons/{NEW}: ") for line in said if line not in left] == [
        "`planned` in lessons/rulebook.toml names it still; take 'tagged_once' out there",
        f"solutions/{NEW}/starter.lock is missing: restore it, or seal a new lesson with `kata check 03 --record`",
        "there are 1 accepted variants; the contract asks for 2 at least",
        "there are 1 rejected variants; the contract asks for 3 at least",
    ]


def test_a_scaffold_runs_before_a_word_is_written(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Recorded as it is, its colours are right: red but for the fragment, green, green, refused; lint has no words."""
    assert course.root.is_dir()
    scaffold.new("tagged_once")
    assert check(["03"], record=True) == 1
    said = [line for line in capsys.readouterr().out.splitlines() if "still says" not in line]
    assert "reference green, 1 of 1 accepted green, 1 of 1 rejected refused" in said[0]
    (colour,) = [line for line in said if "starter" in line and f"lessons/{NEW}" in line]
    assert "is red in test_every_letter_counts without saying 'WRITE:" in colour
    assert not [line for line in said if "ruff:" in line or "mypy:" in line]


def test_a_scaffold_that_is_filled_in_is_green(course: Course) -> None:
    """With the words of a real lesson in it, and recorded, it passes; the headings of its page are the contract's."""
    scaffold.new("tagged_once")
    _fill_in(course)
    assert check(["03"], record=True) == 0
    assert check(["03"]) == 0


def test_a_scaffold_is_collected(course: Course) -> None:
    """Its tests are found, one red and one green, and the folder is no problem."""
    scaffold.new("tagged_once")
    run = runner.run(course.root / "lessons" / NEW)
    assert (run.problem, [test.outcome for test in run.tests]) == (None, ["failed", "passed"])


def test_a_draft_is_judged_as_it_lies_there(course: Course) -> None:
    """Before there is a seal, the working copy is what the gate reads; it is not run."""
    lock = course.root / "solutions" / SUM / "starter.lock"
    lock.unlink()
    assert starter.is_draft(catalogue.find("01"))
    course.edit(f"lessons/{SUM}/README.md", "pytest lessons/01", "pytest")
    found = course.complaints()
    assert "README.md does not say how to run it; name the command `pytest lessons/01`" in found
    assert course.complaints_of_runs() == []


def test_what_a_file_says_is_told_in_the_order_of_its_lines(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    """Line 9 of a file is named before its line 21."""
    assert course.root.is_dir()
    scaffold.new("tagged_once")
    check(["03"])
    numbers = [int(number) for number in re.findall(r"README\.md:(\d+) still", capsys.readouterr().out)]
    assert len(numbers) > 3
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"lessons/{SUM}/README.md", "README.md"),
        (f"lessons/{SUM}/src/fees/service.py", "src/fees/service.py"),
        (f"solutions/{SUM}/rejected/largest/variant.toml", f"solutions/{SUM}/rejected/largest/variant.toml"),
        ("docs/lessons/sum_of_fees.md", "docs/lessons/sum_of_fees.md"),
    ],
)
def test_a_place_that_is_left_is_named_in_every_kind_of_file(course: Course, path: str, name: str) -> None:
    """A lesson's files, its variants and its page are all searched for the scaffold's word."""
    with (course.root / path).open("a") as file:
        file.write("# WRITE: more words\n")
    course.seal()
    line = len((course.root / path).read_text().splitlines())
    assert course.complaints() == [f"{name}:{line} still says 'WRITE: more words'; write it, or take it out"]


def test_what_was_recorded_is_not_searched(course: Course) -> None:
    """A golden message repeats what a test says; the test alone is named."""
    with (course.root / "solutions" / SUM / "rejected/largest/golden.txt").open("a") as file:
        file.write("WRITE: the law\n")
    assert course.complaints() == []


def test_a_written_lesson_is_planned_no_longer(course: Course) -> None:
    """The plan names the lessons to come, and no other."""
    course.edit("lessons/rulebook.toml", 'planned = ["tagged_once"', 'planned = ["tagged_once", "sum_of_fees"')
    assert course.complaints() == ["`planned` in lessons/rulebook.toml names it still; take 'sum_of_fees' out there"]


def _files_to_write() -> set[str]:
    service = "src/example/service.py"
    variants = [f"solutions/{NEW}/{name}" for name in ("accepted/letter_by_letter", "rejected/hard_coded")]
    return {
        "README.md",
        "lesson.toml",
        "test_tagged_once.py",
        service,
        f"solutions/{NEW}/{service}",
        *(f"{folder}/{file}" for folder in variants for file in ("variant.toml", service)),
        "docs/lessons/tagged_once.md",
    }


def _place(violation: str) -> str:
    """Return `file:line` of a violation."""
    return violation.removeprefix(f"lessons/{NEW}: ").partition(" ")[0]


def _marked(root: Path) -> Iterator[str]:
    """Yield `file:line` of every line of the scaffold that has the mark."""
    for path in _written(root):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if MARK in line:
                yield f"{path.relative_to(root).as_posix().removeprefix(f'lessons/{NEW}/')}:{number}"


def _written(root: Path) -> Iterator[Path]:
    for place in ROOTS:
        path = root / place
        yield from (found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]


def _fill_in(course: Course) -> None:
    """Put the first lesson's files in the place of the scaffold's, and words into its page."""
    for kind in ("lessons", "solutions"):
        shutil.rmtree(course.root / kind / NEW)
        shutil.copytree(course.root / kind / SUM, course.root / kind / NEW)
    (course.root / f"solutions/{NEW}/starter.lock").unlink()
    lesson = course.root / "lessons" / NEW
    (lesson / "test_sum_of_fees.py").rename(lesson / "test_tagged_once.py")
    for name in ("lesson.toml", "README.md", "test_tagged_once.py"):
        text = (lesson / name).read_text()
        for old, new in {
            '"L1", "L2"': '"L5"',
            '("L1")': '("L5")',
            '("L2")': '("L5")',
            "lessons/01": "lessons/03",
        }.items():
            text = text.replace(old, new)
        (lesson / name).write_text(text.replace("sum_of_fees", "tagged_once"))
    page = course.root / "docs/lessons/tagged_once.md"
    page.write_text(re.sub(rf"{MARK}[^\"\n]*", "Words.", page.read_text()))
    course.edit("lessons/rulebook.toml", 'planned = ["tagged_once"]', "planned = []")
