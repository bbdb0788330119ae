from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import progress
from tests.cli.conftest import RIGHT
from tests.fake_course import SUM

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata

pytestmark = pytest.mark.timeout(120)  # programs of their own, on a machine that may be busy


def test_the_starter_is_red_and_1(program: Kata, lesson: Lesson) -> None:
    """A red run ends with 1, counts, and offers a hint; it leaves the folder as it was."""
    before = sorted(path.name for path in lesson.folder.rglob("*"))
    done = program("test", "01")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Lesson 01 Sum of fees: your files, in a throw-away copy" in done.stdout
    assert "\n01_sum_of_fees/test_sum_of_fees.py FF" in done.stdout
    assert "The total of fees holds every one of them." in done.stdout
    assert "Red: 2 of 3 tests" in done.stdout
    assert "A hint: kata hint 01\nWhy it matters: docs/lessons/sum_of_fees.md" in done.stdout
    assert progress.of(lesson).state == "open"
    assert sorted(path.name for path in lesson.folder.rglob("*")) == before


def test_a_right_answer_is_green_and_counts(program: Kata, lesson: Lesson, service: Path) -> None:
    """A green run of the learner's own files ends with 0 and counts as solved, once."""
    service.write_text(RIGHT)
    first, second = program("test", "01"), program("test", "01")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Solved: Sum of fees.\nNext on the first week: 02 Fresh tags (kata next)" in first.stdout
    assert "It was solved before." in second.stdout
    assert progress.of(lesson).state == "solved"


@pytest.mark.parametrize(("overlay", "code"), [("reference", 0), ("rejected/largest", 1)])
def test_an_overlay_is_judged_and_does_not_count(
    overlay: str, code: int, program: Kata, lesson: Lesson, service: Path
) -> None:
    """Another answer is laid over the starter: the learner's files are neither used nor touched, and nothing counts."""
    service.write_text("this is not Python\n")
    done = program("test", "01", "--overlay", overlay)
    assert code == done.returncode
    assert f"Sum of fees: {overlay}, in a throw-away copy" in done.stdout
    assert progress.of(lesson).state == "open"
    assert service.read_text() == "this is not Python\n"


def test_a_folder_can_be_an_overlay(program: Kata, tmp_path: Path) -> None:
    """An overlay may lie anywhere, as a folder with src/."""
    answer = tmp_path / "mine" / "src" / "fees" / "service.py"
    answer.parent.mkdir(parents=True)
    answer.write_text(RIGHT)
    assert program("test", "01", "--overlay", str(tmp_path / "mine")).returncode == 0


def test_an_unknown_overlay_is_misuse(program: Kata) -> None:
    """An overlay that does not exist is answered with the ones that do."""
    done = program("test", "01", "--overlay", "rejected/nothing")
    assert done.returncode == 2
    assert "take mine, starter, reference, accepted/backwards" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_full_shows_the_whole_report(program: Kata) -> None:
    """`--full` shows pytest's own report with the source of the test."""
    done = program("test", "01", "--full")
    assert done.returncode == 1
    assert ">       assert total([1, 2]) == 3" in done.stdout


def test_events_are_one_json_object_a_line(program: Kata, lesson: Lesson, service: Path) -> None:
    """A program reads what happened, the place to look at included, and a green run counts as ever."""
    service.write_text("def total(fees: list[int]) -> int:\n    return 1 // len(fees)\n")
    done = program("test", "01", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [event["event"] for event in events] == ["run", "test", "test", "test", "verdict"]
    assert {event["lesson"] for event in events} == {SUM}
    assert [event["outcome"] for event in events[1:-1]] == ["failed"] * 3
    assert (events[3]["file"], events[3]["line"]) == (f"lessons/{SUM}/src/fees/service.py", 2)
    assert "ZeroDivisionError" in events[3]["message"]
    assert (events[-1]["verdict"], events[-1]["problem"]) == ("red", None)
    service.write_text(RIGHT)
    done = program("test", "01", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["verdict"] == "green"
    assert progress.of(lesson).state == "solved"
    service.write_text("def total(:\n")
    last = json.loads(program("test", "01", "--json").stdout.splitlines()[-1])
    assert last["verdict"] == "none"
    assert last["problem"].startswith("src/fees/service.py:1: SyntaxError")


def test_editors_get_a_line_for_each_red_test(program: Kata, service: Path) -> None:
    """With --paths file and line, from the root of the course, stand in front of what was seen."""
    service.write_text("def total(fees: list[int]) -> int:\n    return 1 // len(fees)\n")
    found = f"lessons/{SUM}/src/fees/service.py:2: red: test_no_fee_costs_nothing: saw: ZeroDivisionError"
    assert found in program("test", "01", "--paths").stdout


def test_an_edited_test_file_does_not_count(program: Kata, lesson: Lesson) -> None:
    """A green run on a test file that is not the course's does not count, and says so."""
    lesson.test_file.write_text("def test_every_fee_counts() -> None:\n    assert True\n")
    done = program("test", "01")
    assert "test_sum_of_fees.py is not the course's file: this verdict does not count" in " ".join(done.stdout.split())
    assert progress.of(lesson).state == "open"


def test_a_syntax_error_is_red_and_named(program: Kata, service: Path) -> None:
    """A slice that cannot be read is red, with its line."""
    service.write_text("def total(fees:\n")
    done = program("test", "01")
    assert (done.returncode, done.stderr) == (1, "")
    assert "No verdict: src/fees/service.py:1: SyntaxError" in done.stdout


def test_an_endless_loop_is_red(program: Kata, service: Path) -> None:
    """A slice that never ends is stopped by the time limit and is red."""
    service.write_text("def total(fees: list[int]) -> int:\n    while True:\n        pass\n")
    done = program("test", "01", PYTEST_ADDOPTS="--timeout=0.5")
    assert done.returncode == 1
    assert "the test was stopped by its time limit" in done.stdout
    assert "Red: 1 of 3 tests, 2 did not run" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_in_the_middle_leaves_no_child(
    number: signal.Signals, start: Callable[..., subprocess.Popen[str]], service: Path, tmp_path: Path
) -> None:
    """Ctrl-C (or a closed terminal) while a test runs ends the run and its child, and removes the copy."""
    mark = tmp_path / "running"
    service.write_text(
        f"import time, pathlib\ndef total(fees: list[int]) -> int:\n    pathlib.Path({str(mark)!r}).touch()\n"
        "    time.sleep(600)\n"
    )
    process = start("test", "01")
    _wait_for(mark)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "kata: interrupted"
    assert children
    gone, alive = psutil.wait_procs(children, timeout=30)
    assert (len(children), []) == (len(gone), alive)
    assert list((tmp_path / "state" / "runs").iterdir()) == []


def test_a_course_without_seals_says_so(program: Kata, course: Path) -> None:
    """Without its seal a lesson still has a verdict, and says what is missing."""
    (course / "solutions" / SUM / "starter.lock").unlink()
    done = program("test", "01")
    assert done.returncode == 1
    assert "starter.lock is missing" in done.stdout


def _wait_for(mark: Path) -> None:
    end = time.monotonic() + 30
    while not mark.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
