"""Tests of one lesson, spread over processes."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import child, runner
from docfliq_katas.errors import Misuse
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Spread = Callable[..., runner.Run]

HEAD = """\
import os
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def processes():
    with (HERE / "pids").open("a") as file:
        print(os.getpid(), file=file)


def wait_for(name):
    while not (HERE / name).exists():
        time.sleep(0.01)

"""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    libraries.warm_up()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a lesson that has no test yet."""
    folder = tmp_path / "01_spread"
    folder.mkdir()
    (folder / "lesson.toml").touch()
    return folder


@pytest.fixture
def spread(folder: Path) -> Spread:
    """Return a function that runs tests in two processes."""

    def spread(tests: str, *, head: str = HEAD, extra: tuple[str, ...] = ()) -> runner.Run:
        (folder / "test_spread.py").write_text(head + tests)
        return runner.run(folder, extra=["--spread=2", *extra])

    return spread


def _pids(folder: Path) -> list[str]:
    return (folder / "pids").read_text().split()


def test_two_processes_run_at_once_and_tell_in_the_order_of_the_file(spread: Spread, folder: Path) -> None:
    """The first test waits for the second, which another process runs; all are told in the order of the file."""
    run = spread(
        """
def test_waits():
    wait_for("second")

def test_is_waited_for():
    (HERE / "second").touch()

def test_is_red():
    assert 1 == 2
"""
    )
    assert [(test.name, test.outcome) for test in run.tests] == [
        ("test_waits", "passed"),
        ("test_is_waited_for", "passed"),
        ("test_is_red", "failed"),
    ]
    assert "assert 1 == 2" in run.red["test_is_red"]
    assert len(_pids(folder)) == 3
    assert len(set(_pids(folder))) == 2


def test_what_a_test_prints_stays_with_it(spread: Spread, capfd: pytest.CaptureFixture[str]) -> None:
    """Two tests that print at the same time are red with their own words, those of their children included."""
    spread(
        """
def say(word, other):
    for number in range(20):
        print(word)
        os.system(f"echo {word}-{number}")
    (HERE / word).touch()
    wait_for(other)
    assert False

def test_one():
    say("one", "two")

def test_two():
    say("two", "one")
""",
        extra=("--full",),
    )
    first, second = re.split(r"_+ test_two _+", capfd.readouterr().out)
    for said, word, other in ((first, "one", "two"), (second, "two", "one")):
        assert len(re.findall(rf"^{word}$", said, re.MULTILINE)) == 20
        assert len(re.findall(rf"^{word}-\d+$", said, re.MULTILINE)) == 20
        assert not re.search(rf"^{other}", said, re.MULTILINE)


def test_seconds_that_pass_side_by_side_count_once(spread: Spread) -> None:
    """The time inside the tests is what passed while at least one of them ran."""
    run = spread("\ndef test_one():\n    time.sleep(0.3)\n\ndef test_two():\n    time.sleep(0.3)\n")
    assert 0.3 <= run.inside <= run.seconds


def test_tests_that_only_compute_stay_in_one_process(spread: Spread, folder: Path) -> None:
    """Where no test waits for a server, nothing is forked."""
    run = spread("\ndef test_one():\n    pass\n\ndef test_two():\n    pass\n", head=HEAD.replace("processes", "other"))
    assert run.green
    assert len(set(_pids(folder))) == 1


def test_a_test_that_ends_its_process_ends_the_run(spread: Spread, folder: Path) -> None:
    """The run dies as it would in one process, and the other process does not go on."""
    died, waits = "wait_for('waiting')\n    os._exit(7)", "(HERE / 'waiting').touch()\n    wait_for('nothing')"
    run = spread(f"\ndef test_one():\n    {died}\n\ndef test_two():\n    {waits}\n")
    assert run.problem
    assert "the run died without a word (exit code 7)" in run.problem
    assert len(_pids(folder)) == 2
    assert not any(psutil.pid_exists(int(pid)) for pid in _pids(folder))


def test_the_first_red_one_can_end_the_run(spread: Spread) -> None:
    """With pytest's own --exitfirst nothing is told after it."""
    run = spread("\ndef test_one():\n    assert 1 == 2\n\ndef test_two():\n    pass\n", extra=("--exitfirst",))
    assert [test.name for test in run.tests] == ["test_one"]


def test_misuse_is_told_and_ends_both(spread: Spread, folder: Path) -> None:
    """A misuse in one of the processes is raised as itself, and the other is stopped in the middle of its test."""
    with pytest.raises(Misuse, match="nothing to see"):
        spread(
            """
def test_one():
    from docfliq_katas.errors import Misuse
    raise Misuse("nothing to see")

def test_two():
    wait_for("nothing")
"""
        )
    assert not any(psutil.pid_exists(int(pid)) for pid in _pids(folder))


def test_the_first_that_has_no_end_stops_each_process(spread: Spread) -> None:
    """A test without an end is red; those after it, in its process, are skipped and counted."""
    run = spread(
        """
@pytest.mark.timeout(0.3)
def test_one():
    wait_for("nothing")

def test_two():
    pass

def test_three():
    pass
"""
    )
    assert [(test.name, test.outcome) for test in run.tests] == [("test_one", "failed"), ("test_two", "passed")]
    assert run.unrun == 1


def test_a_run_that_hangs_says_where_and_leaves_nothing(
    spread: Spread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that hangs beyond every limit is killed with its sibling, and says where it hung."""
    monkeypatch.setattr(runner, "_LIMIT", 6.0)  # it has to come to the hang, on a busy machine too,
    monkeypatch.setattr(child, "_LAST_WORDS", 1.0)  # and to write down where it is
    (folder / "src").mkdir()
    hang = "import signal\n\ndef hang():\n    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n"
    (folder / "src/hanging.py").write_text(f"{hang}    while True:\n        pass\n")
    run = spread("\ndef test_one():\n    pass\n\ndef test_two():\n    from src.hanging import hang\n    hang()\n")
    assert run.problem
    assert re.fullmatch(r"src/hanging\.py:[56] \(hang\): no end after 6 s", run.problem)
    deadline = time.monotonic() + 30
    while any(psutil.pid_exists(int(pid)) for pid in _pids(folder)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
