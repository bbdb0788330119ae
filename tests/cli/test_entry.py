from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.cli import helping, main
from tests.cli.conftest import KATA
from tests.fake_course import SUM

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Kata


@pytest.fixture(autouse=True)
def same_signals() -> object:
    """Put the handlers of signals back, which `main` sets for its own process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["test"], "Missing argument 'NN'"),
        (["test", "01", "--nonsense"], "No such option: --nonsense"),
        (["run", "01", "--port", "99999"], "Invalid value for '--port'"),
        (["test", "47"], "no lesson '47': the lessons are 01, 02"),
        (["hint", ""], "no lesson ''"),
        (["check", "47"], "no lesson '47'"),
        (["services", "sideways"], "No such command 'sideways'"),
    ],
)
def test_misuse_is_one_line_and_2(
    arguments: list[str], told: str, course: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is misused: exit code 2 and one line on stderr."""
    assert course.is_dir()
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert told in err
    assert len(err.splitlines()) == 1


def test_help_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    """Help names every command and ends with 0."""
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    for command in (
        "next",
        "list",
        "test",
        "hint",
        "diff",
        "reset",
        "attempts",
        "run",
        "services",
        "doctor",
        "check",
        "new",
        "verify",
    ):
        assert f"  {command} " in told


@pytest.mark.parametrize("command", [["list"], [], ["test", "01"], ["reset", "01"]])
def test_a_broken_lesson_toml_is_one_line_and_2(command: list[str], kata: Kata, course: Path) -> None:
    """A lesson.toml that does not parse is named in one line; nothing else is printed."""
    (course / "lessons" / SUM / "lesson.toml").write_text("slug = \n")
    done = kata(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert "lessons/01_sum_of_fees/lesson.toml is not valid TOML" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_broken_lesson_does_not_stop_the_others(kata: Kata, course: Path) -> None:
    """A command on one lesson reads that lesson only."""
    (course / "lessons" / SUM / "lesson.toml").write_text("slug = \n")
    assert kata("hint", "02").returncode == 0


def test_a_fault_of_kata_itself_is_one_line_and_2(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that nobody foresaw ends in a line that says how to see more, not in a traceback."""

    def fails(*_: object) -> None:
        raise KeyError(str(course))

    monkeypatch.setattr(helping, "hint", fails)
    assert main(["hint", "01"]) == 2
    told = capsys.readouterr().err
    assert "a fault of kata" in told
    assert len(told.splitlines()) == 1


def test_ctrl_c_is_130_and_one_word(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C ends a command with 130 and a word, whether it is typed or a closed terminal sends it."""
    monkeypatch.setattr(helping, "hint", lambda _: os.kill(os.getpid(), signal.SIGHUP))
    assert course.is_dir()
    assert main(["hint", "01"]) == 130
    assert capsys.readouterr().err == "\nkata: interrupted\n"


def test_a_reader_that_leaves_early_is_no_error(course: Path) -> None:
    """`kata … | head` leaves nothing on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*KATA, "list"], cwd=course, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


def test_letters_that_the_terminal_lacks_stop_nothing(program: Kata, course: Path) -> None:
    """On a terminal without Unicode a command ends well, with a question mark for what it cannot show."""
    readme = course / "lessons" / SUM / "README.md"
    readme.write_text("# Naïve sums …\n", encoding="utf-8")
    done = program("next", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "# Na?ve sums ?" in done.stdout
