"""`kata watch` in a real terminal, over the fake course."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.fake_course import fake_course

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., "Watch"]

GUARD = 60.0  # seconds; only against hanging
KATA = [sys.executable, "-c", "import sys; from docfliq_katas.cli import main; sys.exit(main(sys.argv[1:]))"]


class Watch:
    """One `kata watch`, in a terminal of its own, or in a pipe."""

    def __init__(self, root: Path, *arguments: str, terminal: bool) -> None:
        self._side, other = pty.openpty()
        self.before = termios.tcgetattr(other)
        self._other = other
        self._seen = ""
        self._from = 0
        environment = {**os.environ, "KATA_ROOT": str(root), "TERM": "dumb", "COLUMNS": "80", "NO_COLOR": "1"}
        environment.pop("KATA_STATE_DIR", None)
        self.process = subprocess.Popen(
            [*KATA, "watch", *arguments],
            stdin=other if terminal else subprocess.DEVNULL,
            stdout=other,
            stderr=other,
            env=environment,
            start_new_session=True,
        )

    def shows(self, text: str) -> str:
        """Wait until the text is shown, after what was asked for before, and return what came with it."""
        deadline = time.monotonic() + GUARD
        while (found := self._seen.find(text, self._from)) < 0:
            assert time.monotonic() < deadline, f"{text!r} was not shown:\n{self._seen[self._from :]}"
            if select.select([self._side], [], [], 0.1)[0]:
                self._seen += re.sub("\r+\n", "\n", os.read(self._side, 65536).decode(errors="replace"))
        shown = self._seen[self._from : found + len(text)]
        self._from = found + len(text)
        return shown

    @property
    def seen(self) -> str:
        """All that was shown so far."""
        return self._seen

    def press(self, keys: str) -> None:
        """Type on the terminal."""
        os.write(self._side, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, or what comes to the same without a terminal."""
        self.process.send_signal(signal.SIGINT)

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(GUARD)

    @property
    def terminal(self) -> list[object]:
        """How the terminal is set now."""
        return termios.tcgetattr(self._other)

    def family(self) -> list[psutil.Process]:
        """Return the processes that it has started, the oldest first: numbers can begin anew."""
        return sorted(psutil.Process(self.process.pid).children(recursive=True), key=psutil.Process.create_time)

    def close(self) -> None:
        """End what is left."""
        self.process.kill()
        self.process.wait()
        os.close(self._side)
        os.close(self._other)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of two tiny lessons."""
    return fake_course(tmp_path / "course")


@pytest.fixture
def start(course: Path) -> Iterator[Start]:
    """Return a function that starts `kata watch` with some arguments."""
    started: list[Watch] = []

    def start(*arguments: str, terminal: bool = True) -> Watch:
        started.append(Watch(course, *arguments, terminal=terminal))
        return started[-1]

    yield start
    for watch in started:
        watch.close()
