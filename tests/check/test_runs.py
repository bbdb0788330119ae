"""Verdicts of runs: each overlay must come out as it is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, runner, services
from docfliq_katas.check import runs
from docfliq_katas.pages import transcripts
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.runner import Run
    from tests.check.conftest import Course

pytestmark = pytest.mark.timeout(120)

SERVICE = "src/fees/service.py"
SOLUTION = f"solutions/{SUM}"
AGAIN = "if the new words are right, `kata check 01 --record`"


def test_a_starter_that_is_red_elsewhere_or_says_something_else_is_told(course: Course) -> None:
    """The starter is red in the declared tests, for the declared reasons, and in no other."""
    course.edit_lesson("lesson.toml", '"assert 1 == 3"', '"assert 2 == 3"')
    course.edit_lesson(SERVICE, "sum(fees[:-1])", "sum(fees[:-1]) + 7 * (len(fees) < 2)")
    assert course.complaints_of_runs() == [
        "starter is green in test_one_fee_is_its_own_total, which `red` declares; make the fault visible to it",
        (
            "starter is red in test_every_fee_counts without saying 'assert 2 == 3' "
            "(saw assert 1 == 3 + where 1 = total([1, 2])); change one of them"
        ),
        (
            "starter is red in test_no_fee_costs_nothing, which `red` does not declare "
            "(saw assert 7 == 0 + where 7 = total([])); declare or repair it"
        ),
    ]


def test_a_right_answer_that_is_red_is_told(course: Course) -> None:
    """The reference and every accepted variant are green."""
    for folder in ("", "/accepted/from_zero"):
        (course.root / f"{SOLUTION}{folder}" / SERVICE).write_text("def total(fees: list[int]) -> int:\n    return 3\n")
    where = "(saw assert 3 == 0 + where 3 = total([])); a right answer is green, so repair one of them"
    other = "(saw assert 3 == 7 + where 3 = total([7])); a right answer is green, so repair one of them"
    assert course.complaints_of_runs() == [
        f"accepted/from_zero is red in test_no_fee_costs_nothing {where}",
        f"accepted/from_zero is red in test_one_fee_is_its_own_total {other}",
        f"reference is red in test_no_fee_costs_nothing {where}",
        f"reference is red in test_one_fee_is_its_own_total {other}",
    ]


def test_a_wrong_answer_is_refused_by_the_tests_that_it_declares(course: Course) -> None:
    """A rejected variant that is green, red elsewhere, unrecorded, or speaks otherwise than recorded is told."""
    rejected = f"{SOLUTION}/rejected"
    course.edit(f"{rejected}/always_three/variant.toml", "'test_no_fee_costs_nothing'", "'test_every_fee_counts'")
    course.edit(f"{rejected}/largest/{SERVICE}", "max(fees, default=0)", "sum(fees)")
    course.edit(f"{rejected}/last_only/golden.txt", "assert 2 == 3", "assert 1 == 3")
    assert course.complaints_of_runs() == [
        (
            "rejected/always_three is green in test_every_fee_counts, which its variant.toml declares; "
            "sharpen the test or take it out"
        ),
        (
            "rejected/always_three is red in test_no_fee_costs_nothing, which its variant.toml does not declare "
            "(saw assert 3 == 0 + where 3 = total([])); declare it"
        ),
        "rejected/largest is green; a wrong answer must be refused, so sharpen the tests or drop the variant",
        (
            "rejected/last_only: test_every_fee_counts says "
            "'saw assert 2 == 3 + where 2 = total([1, 2])', golden.txt has "
            f"'saw assert 1 == 3 + where 2 = total([1, 2])'; {AGAIN}"
        ),
    ]


def test_a_wrong_answer_without_golden_message_is_told(course: Course) -> None:
    """Nobody has looked at a message that was not recorded."""
    (course.root / SOLUTION / "rejected/largest/golden.txt").unlink()
    assert course.complaints_of_runs() == ["rejected/largest has no golden.txt; `kata check 01 --record` writes it"]


def test_what_the_starter_says_is_recorded(course: Course) -> None:
    """What a learner reads first is looked at as well, and told when it changes."""
    golden = course.root / SOLUTION / "golden.txt"
    course.edit(f"{SOLUTION}/golden.txt", "The total of fees", "The sum of fees")
    [found] = course.complaints_of_runs()
    assert found.startswith("starter: test_every_fee_counts says 'the law The total of fees")
    golden.unlink()
    assert course.complaints_of_runs() == ["starter has no golden.txt; `kata check 01 --record` writes it"]


def test_a_slice_that_cannot_be_run_is_told(course: Course) -> None:
    """An overlay that cannot be imported gives no verdict, whatever its kind."""
    course.edit_lesson(SERVICE, "def total", "import nowhere\n\n\ndef total")
    course.edit(f"{SOLUTION}/rejected/largest/{SERVICE}", "    return", "  x\n    return")
    missing = "src/fees/service.py:1 (<module>): import nowhere: ModuleNotFoundError: No module named 'nowhere'."
    syntax = "src/fees/service.py:3: SyntaxError: unindent does not match any outer indentation level."
    found = course.complaints_of_runs()
    assert [line.partition(": ")[0] for line in found] == ["rejected/largest cannot be run", "starter cannot be run"]
    assert "SyntaxError" in found[0], syntax
    assert "No module named 'nowhere'" in found[1], missing


def test_the_sealed_starter_is_run_and_not_the_working_copy(course: Course) -> None:
    """A learner who has solved a lesson does not turn the gate red."""
    course.edit(f"lessons/{SUM}/{SERVICE}", "sum(fees[:-1])", "sum(fees)")
    assert course.complaints_of_runs() == []


def test_servers_are_started_before_the_runs(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every server that a lesson names is asked for once, and no other."""
    asked: list[str] = []
    for server in (services.postgres, services.mongodb, services.valkey):
        monkeypatch.setattr(server, "server", lambda name=server.NAME: asked.append(name))
    course.edit_lesson("lesson.toml", "services = []", 'services = ["valkey", "postgres"]')
    course.edit(f"lessons/{TAGS}/lesson.toml", "services = []", 'services = ["postgres"]')
    runs.start_servers(catalogue.lessons())
    assert asked == ["postgres", "valkey"]


def test_what_the_pages_show_is_known_afterwards(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page needs no second run of what the gate has seen as declared: the site takes the gate's runs."""
    course.edit_lesson("lesson.toml", '"assert 1 == 3"', '"assert 2 == 3"')
    course.complaints_of_runs()
    course.complaints_of_runs(TAGS)
    asked: list[Path] = []

    def run_all(folders: list[Path], **_: object) -> list[tuple[Path, Run]]:
        asked.extend(folders)
        return []

    monkeypatch.setattr(runner, "run_all", run_all)
    lessons = [catalogue.find(name) for name in (SUM, TAGS)]
    with pytest.raises(KeyError):
        transcripts.run_overlays((lesson, name) for lesson in lessons for name in runs.SHOWN)
    (unknown,) = asked
    assert unknown.name == SUM
