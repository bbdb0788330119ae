from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, overlay, runner
from docfliq_katas.errors import Misuse
from docfliq_katas.state import state_dir
from docfliq_katas.warm import libraries
from tests.fake_course import SUM

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "src/fees/service.py"


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    libraries.warm_up()


def _run(name: str) -> runner.Run:
    with overlay.throw_away_copy(catalogue.find("01"), name) as folder:
        return runner.run(folder)


def test_the_reference_is_green_and_the_starter_is_red(course: Path) -> None:
    """One lesson under two overlays gives two verdicts, each with its messages."""
    assert _run("reference").green
    red = _run("starter").red
    assert sorted(red) == ["test_every_fee_counts", "test_one_fee_is_its_own_total"]
    assert "The total of fees holds every one of them." in red["test_every_fee_counts"]


def test_overlays_lie_over_the_published_lesson(course: Path) -> None:
    """What the learner edited does not change the verdict of an overlay; `mine` is what the learner edited."""
    (course / "lessons" / SUM / SERVICE).write_text("def total(fees: list[int]) -> int:\n    return 0\n")
    assert _run("reference").green
    assert sorted(_run("mine").red) == ["test_every_fee_counts", "test_one_fee_is_its_own_total"]
    assert [test.outcome for test in _run("accepted/backwards").tests] == ["passed"] * 3


def test_a_folder_can_be_an_overlay(course: Path, tmp_path: Path) -> None:
    """A path to a folder with `src/` is laid over like a variant."""
    (tmp_path / "mine/src/fees").mkdir(parents=True)
    (tmp_path / "mine" / SERVICE).write_text("def total(fees: list[int]) -> int:\n    return sum(fees)\n")
    assert _run(str(tmp_path / "mine")).green


def test_an_unknown_overlay_names_the_known_ones(course: Path) -> None:
    """An overlay that does not exist is refused with the names that do."""
    with pytest.raises(Misuse, match="take mine, starter, reference, accepted/backwards"):
        _run("accepted/nothing")


def test_learners_files_are_not_touched(course: Path) -> None:
    """A run leaves the lesson's folder as it was, and removes its own copy."""
    folder = course / "lessons" / SUM
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    _run("reference")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert list((state_dir() / "runs").iterdir()) == []


def test_what_killed_runs_left_is_swept(course: Path) -> None:
    """The copy of a run whose process is gone is removed by the next run; that of a living one stays."""
    runs = state_dir() / "runs"
    gone = subprocess.Popen(["true"])
    gone.wait()
    (runs / f"{gone.pid}-dead").mkdir(parents=True)
    (runs / f"{os.getppid()}-alive").mkdir()
    _run("reference")
    assert [path.name for path in runs.iterdir()] == [f"{os.getppid()}-alive"]


def test_a_slice_that_cannot_be_imported_is_a_problem(course: Path) -> None:
    """An import error gives no verdict, but its one line."""
    (course / "lessons" / SUM / SERVICE).write_text("def total(fees:\n")
    run = _run("mine")
    assert not run.green
    assert run.problem
    assert run.problem.startswith("src/fees/service.py:1: SyntaxError")


def test_a_slice_that_ends_the_process_is_a_problem(course: Path) -> None:
    """A slice that takes the interpreter down is told from a red one."""
    (course / "lessons" / SUM / SERVICE).write_text("import os\n\nos._exit(7)\n")
    run = _run("mine")
    assert run.problem
    assert "the run died without a word (exit code 7)" in run.problem


def test_what_pytest_does_not_catch_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends in an error of pytest or of a plugin says which."""

    def broken(*_: object, **__: object) -> int:
        raise FileNotFoundError("no such folder")

    monkeypatch.setattr(pytest, "main", broken)
    problem = str(runner.run(course / "lessons" / SUM).problem)
    assert "the run died without a word (exit code 1)" in problem
    assert "FileNotFoundError: no such folder" in problem


def test_a_run_that_hangs_is_stopped_and_says_where(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice that hangs beyond every limit is killed, and the stack names the line."""
    monkeypatch.setattr(runner, "_LIMIT", 1.0)
    hang = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\nwhile True:\n    pass\n"
    (course / "lessons" / SUM / SERVICE).write_text(hang)
    run = _run("mine")
    assert run.problem
    assert re.fullmatch(r"src/fees/service\.py:[34] \(<module>\): no end after 1 s", run.problem)


def test_runs_go_in_parallel_and_each_reports(course: Path) -> None:
    """Many runs on two workers all come back, each with its own verdict."""
    lesson = catalogue.find("01")
    with overlay.throw_away_copy(lesson, "reference") as green, overlay.throw_away_copy(lesson, "starter") as red:
        runs = list(runner.run_all([green, red, green, red], workers=2))
    assert sorted((folder == green, run.green) for folder, run in runs) == [(False, False)] * 2 + [(True, True)] * 2


def test_each_run_can_have_arguments_of_its_own(course: Path) -> None:
    """A function gives each folder what it adds for pytest."""
    lesson = catalogue.find("01")
    with overlay.throw_away_copy(lesson, "reference") as one, overlay.throw_away_copy(lesson, "reference") as other:
        wanted = {one: ["-k", "no_fee"], other: []}
        runs = dict(runner.run_all([one, other], workers=2, extra=wanted.__getitem__))
    assert (len(runs[one].tests), len(runs[other].tests)) == (1, 3)
