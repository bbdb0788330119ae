from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, progress, services
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.machinery.conftest import Pytest

_LATER = """

async def wait():
    await asyncio.Event().wait()

def hold():
    threading.Event().wait(5)
"""
_ASYNC_TESTS = """
import asyncio
from src.fees.service import total

def test_before():
    pass

async def test_every_fee_counts():
    task = asyncio.create_task(total([1, 2]))
    try:
        assert await task == 3
    except asyncio.CancelledError:
        raise ValueError("cleared up")

async def test_one_fee_is_its_own_total():
    assert await total([7]) == 7

def test_no_fee_costs_nothing():
    pass
"""
_SETUPS = """
import pytest

@pytest.fixture(autouse=True)
def house(request):
    assert request.node.name not in {"test_b", "test_c"}
    yield
    assert request.node.name != "test_d"

def test_a(): assert not 1
def test_b(): pass
def test_c(): pass
def test_d(): assert not 4
"""
_GHOSTS = """\
import ast
import gc

left = 3000

class Ghost:
    def __init__(self):
        self.me = self

    def __del__(self):
        global left
        ast.parse("-" * 40 + "1")
        left -= 1
        if left:
            Ghost()

def total(fees):
    gc.set_threshold(1)
    Ghost()
    return 0
"""
_DEADLY = """
import os
import signal

import pytest
from docfliq_katas.services.places import place_of

@pytest.mark.parametrize("number", [1, 2])
async def test_asks(valkey, number):
    if number == 1:
        os.kill(place_of("valkey").read().pid, signal.SIGKILL)
    await valkey.ping()
"""
GOOD_SUM = "def total(fees: list[int]) -> int:\n    return sum(fees)\n"


@pytest.mark.parametrize(
    "argument", ["lessons/01", "lessons/1", f"lessons/{SUM}", f"lessons/{SUM}/", f"./lessons/{SUM}"]
)
def test_a_lesson_answers_to_its_number_and_its_name(run_pytest: Pytest, argument: str) -> None:
    """A number, with or without its zero, and a folder's name mean the same lesson."""
    run = run_pytest(argument)
    assert "2 failed, 1 passed" in run.stdout
    assert run.returncode == 1


@pytest.mark.parametrize(
    "argument", ["lessons/01", "lessons/1", f"lessons/{SUM}", f"lessons/{SUM}/test_sum_of_fees.py"]
)
def test_one_test_of_a_lesson_can_be_named(run_pytest: Pytest, argument: str) -> None:
    """`::test_name` works behind every way to name a lesson."""
    assert "1 passed" in run_pytest(f"{argument}::test_no_fee_costs_nothing").stdout


def test_a_lesson_runs_from_inside_its_folder(run_pytest: Pytest) -> None:
    """Without an argument, pytest runs the lesson whose folder it is called in; a neighbour answers to its number."""
    assert "collected 3 items" in run_pytest(place=f"lessons/{SUM}").stdout
    assert "collected 2 items" in run_pytest("../02", place=f"lessons/{SUM}").stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_all_lessons_run_together(run_pytest: Pytest, workers: tuple[str, ...]) -> None:
    """Every lesson has a `src` of its own, in one process and in two."""
    assert "3 failed, 2 passed" in run_pytest("lessons", *workers).stdout


def test_an_unknown_lesson_is_one_line(run_pytest: Pytest) -> None:
    """A lesson that does not exist ends with exit code 2 and the numbers that do."""
    run = run_pytest("lessons/77")
    assert run.returncode == 2
    assert "no lesson 'lessons/77': the lessons are 01, 02" in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("source", "saw"),
    [
        ("def total(fees:\n", "src/fees/service.py:1: SyntaxError: '(' was never closed"),
        (
            "import nothing_of_the_kind\n",
            "src/fees/service.py:1 (module): import nothing_of_the_kind: ModuleNotFoundError",
        ),
        ("def sum_up() -> None: ...\n", "ImportError: cannot import name 'total'"),
        ("FEE = {}['all']\n", "src/fees/service.py:1 (module): {}['all']: KeyError: 'all'. Repair it"),
        (
            "from sqlalchemy.orm import joinedload\n\nOPTION = joinedload('author')\n",
            "class-bound attributes directly. In plain words: the options of a statement take attributes",
        ),
    ],
)
def test_a_slice_that_cannot_be_imported_is_one_line(course: Path, run_pytest: Pytest, source: str, saw: str) -> None:
    """An error at import names the line and the reason, without a traceback, and ends with exit code 2."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(source)
    run = run_pytest("lessons/01")
    assert saw in run.stdout
    assert "Traceback" not in run.stdout
    assert "site-packages" not in run.stdout
    assert "src/fees/service.py:" in run.stdout or "ImportError" in saw
    assert run.returncode == 2


def test_an_endless_loop_in_a_test_is_stopped(course: Path, run_pytest: Pytest) -> None:
    """A slice that never ends is stopped by the time limit, and the report names the line where it hangs."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(
        "def total(fees: list[int]) -> int:\n    while True:\n        pass\n"
    )
    run = run_pytest("lessons/01::test_every_fee_counts", "--timeout=1")
    assert "no end: the test was stopped by its time limit" in run.stdout
    assert "src/fees/service.py:" in run.stdout
    assert run.returncode == 1


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("async def total(fees):\n    await asyncio.sleep(3600)\n", "4 (total)"),
        (
            "async def total(fees):\n    try:\n        await wait()\n    except Exception:\n        return 3\n",
            "11 (wait)",
        ),
        ("async def total(fees):\n    await asyncio.to_thread(hold)\n", "4 (total), src/fees/service.py:11 (hold)"),
    ],
)
def test_a_wait_without_an_end_is_told_once_with_its_place(
    course: Path, run_pytest: Pytest, source: str, place: str
) -> None:
    """Where the tasks of the slice wait is named, what follows is skipped, and no log of the clearing up is shown."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(f"import asyncio, threading\n\n{source}{_LATER}")
    (course / "lessons" / SUM / "test_sum_of_fees.py").write_text(_ASYNC_TESTS)
    run = run_pytest("lessons/01", "--timeout=1")
    assert "no end: the test was stopped by its time limit of 1 s" in run.stdout
    assert f"look at src/fees/service.py:{place}" in " ".join(run.stdout.split())
    assert "1 failed, 1 passed, 2 skipped" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert "shutdown" not in run.stdout + run.stderr
    assert run.returncode == 1


def test_the_next_lesson_goes_on_after_one_without_an_end(course: Path, run_pytest: Pytest) -> None:
    """Only the tests of the lesson that hung are skipped."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(
        "def total(fees: list[int]) -> int:\n    while True:\n        pass\n"
    )
    assert "2 failed, 1 passed, 2 skipped" in run_pytest("lessons", "--timeout=1").stdout


def test_an_endless_loop_at_import_is_stopped(
    course: Path, run_pytest: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that never finishes its import is stopped too."""
    monkeypatch.setenv("KATA_IMPORT_SECONDS", "1")
    (course / "lessons" / SUM / "src/fees/service.py").write_text("while True:\n    pass\n")
    run = run_pytest("lessons/01")
    assert "src/fees/service.py:" in run.stdout
    assert "still importing after 1 s" in run.stdout
    assert run.returncode == 2


def test_red_says_the_law_and_the_place(course: Path, run_pytest: Pytest) -> None:
    """A red test reports its law, what was seen and the line of the slice; `--full` shows pytest's own report."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(
        "def total(fees: list[int]) -> int:\n    return fees['all']\n"
    )
    short = run_pytest("lessons/01::test_every_fee_counts").stdout
    assert "the law              The total of fees holds every one of them." in short
    assert "saw                  TypeError: list indices must be integers or slices, not str" in short
    assert "look at              src/fees/service.py:2 (total): fees['all']" in short
    assert "def test_every_fee_counts" not in short
    assert "def test_every_fee_counts" in run_pytest("lessons/01::test_every_fee_counts", "--full").stdout


def test_a_collection_costs_no_report(course: Path, run_pytest: Pytest) -> None:
    """What a slice leaves to the garbage collector may parse source: no report is lost where that is an error."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(_GHOSTS)
    done = run_pytest("lessons/1")
    assert "INTERNALERROR" not in done.stdout
    assert "2 failed, 1 passed" in done.stdout


def test_what_is_cut_says_once_how_to_see_it(run_pytest: Pytest) -> None:
    """Below the closing words stands how to see a red test that was cut; nothing stands there where none was."""
    cut, one = "Other red tests are cut to a line: --full shows", "One alone: pytest lessons/01::test_one_fee"
    shown = run_pytest("lessons").stdout
    assert (shown.count(cut), shown.count(one)) == (1, 1)
    assert max(map(len, shown.splitlines())) <= 80
    for arguments in (["lessons/02"], ["lessons/01", "--full"], ["lessons/01::test_every_fee_counts"]):
        assert cut not in run_pytest(*arguments).stdout


def test_the_first_block_on_the_screen_is_the_whole_one(course: Path, run_pytest: Pytest) -> None:
    """A setup that fails is shown before what failed in a test, and is told in full; a failing teardown is not."""
    (course / "lessons" / SUM / "test_sum_of_fees.py").write_text(_SETUPS)
    blocks = re.split(r"\n_+ (.+) _+\n", run_pytest("lessons/01", "-k", "not test_d").stdout)
    assert {blocks[at]: "the law" in blocks[at + 1] for at in range(1, len(blocks), 2)} == {
        "ERROR at setup of test_b": True,
        "ERROR at setup of test_c": False,
        "test_a": False,
    }
    shown = re.split(r"\n_+ (.+) _+\n", run_pytest("lessons/01", "-k", "test_d").stdout)
    assert {shown[at]: "the law" in shown[at + 1] for at in range(1, len(shown), 2)} == {
        "ERROR at teardown of test_d": False,
        "test_d": True,
    }


def test_without_the_guard_against_hanging_there_is_no_run(run_pytest: Pytest) -> None:
    """Whoever turns pytest-timeout off is told in one line to leave it on."""
    run = run_pytest("lessons/01", "-p", "no:timeout")
    assert run.returncode == 2
    assert "run without `-p no:timeout`" in run.stderr + run.stdout
    assert "Error" not in run.stderr + run.stdout


@pytest.mark.parametrize("options", [(), ("--spread", "2")])
def test_a_server_that_dies_under_a_test_is_no_red(
    course: Path, run_pytest: Pytest, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """The slice cannot help it: the run ends in one line, which says what to do, and tells no law."""
    monkeypatch.delenv("KATA_REDIS_URL", raising=False)
    (course / "lessons" / SUM / "test_sum_of_fees.py").write_text(_DEADLY)
    try:
        run = run_pytest("lessons/01", *options)
    finally:
        services.down()
    assert run.returncode == 2
    assert "Valkey died or was stopped during the run: run again, it is started anew" in run.stdout
    assert "the law" not in run.stdout
    assert "red:" not in run.stdout


def test_green_is_remembered(course: Path, run_pytest: Pytest) -> None:
    """A plain run in which all tests pass makes the lesson solved."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(GOOD_SUM)
    assert "Solved: Sum of fees" in run_pytest("lessons/01").stdout
    assert progress.of(catalogue.find("01")).state == "solved"
    assert progress.of(catalogue.find("02")).state == "open"


def test_green_is_remembered_from_two_workers(course: Path, run_pytest: Pytest) -> None:
    """A run that is spread over processes counts as well."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(GOOD_SUM)
    run_pytest("lessons/01", "-n", "2")
    assert progress.of(catalogue.find("01")).state == "solved"


def test_a_part_of_the_tests_does_not_solve_a_lesson(course: Path, run_pytest: Pytest) -> None:
    """One green test of three is not a solved lesson."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(GOOD_SUM)
    run = run_pytest("lessons/01::test_every_fee_counts")
    assert "Green so far; 2 of 3 tests did not run" in run.stdout
    assert progress.of(catalogue.find("01")).state == "open"


def test_an_edited_test_file_is_named_and_does_not_count(course: Path, run_pytest: Pytest) -> None:
    """A test file that is not the course's is named, and green with it solves nothing."""
    tests = course / "lessons" / SUM / "test_sum_of_fees.py"
    tests.write_text(tests.read_text().replace("== 3", "== 1").replace("== 7", "== 0"))
    run = run_pytest("lessons/01")
    assert "test_sum_of_fees.py is not the course's file" in run.stdout
    assert progress.of(catalogue.find("01")).state == "open"


def test_modules_of_one_lesson_are_not_seen_by_the_next(course: Path, run_pytest: Pytest) -> None:
    """A module that only one lesson has cannot be imported in another, not even inside a test."""
    tests = course / "lessons" / TAGS / "test_fresh_tags.py"
    tests.write_text("def test_no_neighbour() -> None:\n    import src.fees\n")
    assert "No module named 'src.fees'" in run_pytest("lessons").stdout


def test_a_broken_lesson_toml_is_one_line(course: Path, run_pytest: Pytest) -> None:
    """A lesson.toml that cannot be read does not hide the verdict, and is named with its reason."""
    path = course / "lessons" / SUM / "lesson.toml"
    path.write_text(path.read_text().replace("minutes = 5", "minutes = 'five'"))
    run = run_pytest("lessons/01")
    assert f"lessons/{SUM}/lesson.toml: minutes: input should be a valid integer" in run.stdout
    assert "2 failed, 1 passed" in run.stdout


def test_a_forgotten_await_is_named_with_its_line(course: Path, run_pytest: Pytest) -> None:
    """A coroutine that nobody awaited is told in words, with the line of the call."""
    (course / "lessons" / SUM / "src/fees/service.py").write_text(
        "async def note() -> None:\n    pass\n\n\n"
        "def total(fees: list[int]) -> int:\n    note()\n    return sum(fees)\n"
    )
    output = run_pytest("lessons/01").stdout
    assert "the coroutine note was made and never awaited, so it never" in output
    assert "look at              src/fees/service.py:6" in output
    assert "PytestUnraisableExceptionWarning" not in output


def test_shuffled_tests_run_in_an_order_of_their_seed(run_pytest: Pytest) -> None:
    """`--shuffle` mixes the tests, the same way for the same seed."""

    def order(*arguments: str) -> list[str]:
        lines = run_pytest("lessons", "--collect-only", "-q", *arguments).stdout.splitlines()
        return [line for line in lines if "::" in line]

    assert order("--shuffle=1") == order("--shuffle=1")
    assert len({tuple(order(*seed)) for seed in ([], ["--shuffle=1"], ["--shuffle=2"])}) == 3
