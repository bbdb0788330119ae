"""A course of two tiny lessons, and `kata` as a user calls it: with a terminal and without one."""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING, Protocol

import pytest

from docfliq_katas import catalogue
from docfliq_katas.cli import main
from tests.fake_course import SUM, fake_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

KATA = [sys.executable, "-c", "import sys; from docfliq_katas.cli import main; sys.exit(main())"]
RIGHT = "def total(fees: list[int]) -> int:\n    return sum(fees)\n"
WRONG = "def total(fees: list[int]) -> int:\n    return 3  # my idea\n"


class Kata(Protocol):
    """Run `kata` with arguments and return what came out."""

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Wait for the end."""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the course once; tests get copies."""
    return fake_course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture
def course(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a course and a state folder of its own."""
    root = tmp_path / "course"
    shutil.copytree(template, root)
    monkeypatch.setenv("KATA_ROOT", str(root))
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("KATA_WARM", "0")
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "PYTEST_ADDOPTS", "KATA_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def lesson(course: Path) -> Lesson:
    """Give the test the first lesson; its slice loses the last fee."""
    return catalogue.read(course / "lessons" / SUM)


@pytest.fixture
def service(lesson: Lesson) -> Path:
    """Name the file that the learner edits."""
    return lesson.folder / "src/fees/service.py"


@pytest.fixture
def kata(course: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Kata]:
    """Run `kata` as its program does, but in this process, which has imported everything already."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(course)
            for name, value in environment.items():
                patch.setenv(name, value)
            code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def program(course: Path) -> Kata:
    """Run `kata` as a program of its own."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*KATA, *arguments],
            cwd=course,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def start(course: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `kata` and go on; what still runs at the end of the test is ended."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*KATA, *arguments],
            cwd=course,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def terminal(course: Path) -> Callable[..., tuple[int, str]]:
    """Run `kata` on a terminal of 80 columns, type `keys`, and return the exit code and everything shown."""

    def run(*arguments: str, keys: str = "", **environment: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen(
            [*KATA, *arguments],
            cwd=course,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        os.write(ours, keys.encode())
        shown = b""
        try:
            while chunk := os.read(ours, 65536):
                shown += chunk
        except OSError:
            pass  # the other side has closed the terminal
        os.close(ours)
        return process.wait(50), shown.decode().replace("\r\n", "\n")

    return run
