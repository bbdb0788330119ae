"""Run lessons, each in a process of its own.

Who runs many calls `warm.libraries.warm_up` first: a forked process then has everything imported. Who runs one lets
`warm.hosted` begin it, in a process that has been waiting for that.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from docfliq_katas import child
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

SPREAD = f"--spread={os.cpu_count() or 1}"
"""The option of pytest for a run that somebody waits for: it may have every processor."""

_LIMIT = 120.0  # seconds; pytest-timeout stops a single test long before


@dataclass(frozen=True)
class Test:
    """The verdict of one test: `passed`, `failed` or `error` (it could not be set up), and its teaching report."""

    name: str
    outcome: str
    message: str


@dataclass(frozen=True)
class Run:
    """What came out of one run of one lesson folder.

    Attributes:
        tests: The verdicts, in the order of the file; empty when the slice could not be imported.
        problem: Why there is no verdict (an import error, a hang, a dead server), or None.
        output: What pytest printed.
        seconds: Wall time.
        inside: The part of it that passed inside the tests and their fixtures.
        unrun: How many tests did not run, as after one that had no end.

    """

    tests: tuple[Test, ...]
    problem: str | None
    output: str
    seconds: float
    inside: float = 0.0
    unrun: int = 0

    @property
    def green(self) -> bool:
        """Every test passed, and there was at least one."""
        return not self.problem and bool(self.tests) and all(test.outcome == "passed" for test in self.tests)

    @property
    def red_of_all(self) -> str:
        """How many tests are red, in words such as `2 of 3 tests`."""
        total = len({test.name for test in self.tests}) + self.unrun
        return f"{len(self.red)} of {total} tests{f', {self.unrun} did not run' if self.unrun else ''}"

    @property
    def red(self) -> dict[str, str]:
        """The tests that did not pass: name -> message."""
        messages: dict[str, str] = {}
        for test in self.tests:
            if test.outcome != "passed":
                messages[test.name] = "\n\n".join(filter(None, [messages.get(test.name), test.message]))
        return messages


class Child(Protocol):
    """A process that runs a lesson, and leads a group of its own."""

    @property
    def pid(self) -> int:
        """Its number."""

    def wait(self) -> int:
        """Wait for its end and return its status, as `os.waitpid` has it."""


Begin: TypeAlias = "Callable[[Path, int, tuple[int, int], Sequence[str]], Child]"
"""A way to begin a run; its arguments are those of `child.main`."""


@dataclass(frozen=True)
class Forked:
    """A child of this process."""

    pid: int

    def wait(self) -> int:
        """Bury it and return its status."""
        return os.waitpid(self.pid, 0)[1]


def forked(folder: Path, results: int, outputs: tuple[int, int], extra: Sequence[str]) -> Forked:
    """Begin a run in a fork of this process."""
    pid = child.fork()
    if pid == 0:
        child.main(folder, results, outputs, extra)
    return Forked(pid)


class Running:
    """A run on its way.

    Attributes:
        folder: The lesson folder, or a throw-away copy of one.
        results: The descriptor that is readable when there is more to `read`.

    """

    def __init__(self, folder: Path, *, show: bool = False, extra: Sequence[str] = (), begin: Begin = forked) -> None:
        """Start pytest over the folder; with `show`, it writes to the terminal meanwhile.

        Args:
            folder: The lesson folder.
            show: Let pytest write to this process's own output; else it is kept for the verdict.
            extra: More arguments for pytest.
            begin: How the process comes about.

        """
        self.folder = folder
        self._data = bytearray()
        self._started = time.monotonic()
        self.results, writing = os.pipe()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the child is buried
        sys.stdout.flush()
        sys.stderr.flush()
        kept = self._output.fileno()
        self._child = begin(folder, writing, (1, 2) if show else (kept, kept), extra)
        os.close(writing)

    def count_from_now(self) -> None:
        """Let its time begin now: until here it has waited."""
        self._started = time.monotonic()

    @property
    def overdue(self) -> bool:
        """Whether it has run for longer than any lesson may."""
        return time.monotonic() - self._started > _LIMIT

    def read(self) -> bool:
        """Take what the child has to say; return whether that was its last word."""
        chunk = os.read(self.results, 65536)
        self._data += chunk
        return not chunk

    @property
    def told(self) -> list[Test]:
        """The verdicts that are known so far, in the order of the file."""
        return [Test(**answer) for answer in _answers(self._data) if "name" in answer]

    def finish(self, *, hung: bool = False) -> Run:
        """Bury the child and return what came out; one that hangs is stopped, and says where."""
        if hung:
            child.say_where(self._child.pid)
            child.stop(self._child.pid)
        status, output = self._bury()
        seconds = time.monotonic() - self._started
        if hung:
            return Run((), f"{_hanging_line(output, self.folder)}: no end after {_LIMIT:.0f} s", output, seconds)
        return _result(self._data, status, output, seconds)

    def abandon(self) -> None:
        """End the child, whose verdict nobody waits for any more, and everything that it started."""
        child.stop(self._child.pid)
        self._bury()

    def _bury(self) -> tuple[int, str]:
        status = self._child.wait()
        os.close(self.results)
        with self._output:
            self._output.seek(0)
            return status, self._output.read().decode(errors="replace")


def run(folder: Path, *, show: bool = False, extra: Sequence[str] = (), begin: Begin = forked) -> Run:
    """Run one lesson folder and return what came out; with `show`, pytest writes to the terminal meanwhile."""
    return next(run_all([folder], workers=1, show=show, extra=extra, begin=begin))[1]


def run_all(
    folders: Sequence[Path],
    *,
    workers: int,
    show: bool = False,
    extra: Sequence[str] | Callable[[Path], Sequence[str]] = (),
    begin: Begin = forked,
) -> Iterator[tuple[Path, Run]]:
    """Run lesson folders, `workers` at a time, and yield (folder, run) as they end.

    More arguments for pytest are the same for all, or those that `extra` returns for a folder. A run that hangs longer
    than 120 s is stopped and says where. Children are stopped when the caller stops.
    """
    waiting = list(reversed(folders))
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                while waiting and len(selector.get_map()) < workers:
                    folder = waiting.pop()
                    more = extra(folder) if callable(extra) else extra
                    started = Running(folder, show=show, extra=more, begin=begin)
                    selector.register(started.results, selectors.EVENT_READ, started)
                yield from _ended(selector)
        finally:
            for key in list(selector.get_map().values()):
                selector.unregister(key.fd)
                key.data.abandon()


def _ended(selector: selectors.BaseSelector) -> Iterator[tuple[Path, Run]]:
    ready = {key.fd for key, _ in selector.select(timeout=0.2)}
    for key in list(selector.get_map().values()):
        running: Running = key.data
        ended = key.fd in ready and running.read()
        if ended or running.overdue:
            selector.unregister(key.fd)
            yield running.folder, running.finish(hung=not ended)


def _hanging_line(output: str, folder: Path) -> str:
    """Return the innermost line of the slice in the stack that a hung child has written."""
    found = re.search(rf'File "{re.escape(str(folder))}/(src/\S+)", line (\d+) in (\S+)', output)
    return f"{found[1]}:{found[2]} ({found[3]})" if found else "the slice"


def _answers(data: bytearray) -> list[dict[str, Any]]:
    """Return what a child has said, without a line that is not complete yet."""
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def _result(data: bytearray, status: int, output: str, seconds: float) -> Run:
    *told, last = _answers(data) or [{}]
    if "problem" not in last:
        code = os.waitstatus_to_exitcode(status)
        return Run((), f"the run died without a word (exit code {code})\n{output[-2000:]}", output, seconds)
    if last["misuse"]:
        raise Misuse(last["misuse"])
    tests = tuple(Test(**test) for test in told)
    problem = last["problem"] or (None if tests else f"pytest found no test\n{output[-2000:]}")
    unrun = set(last["unrun"]) - {test.name for test in tests}
    return Run(tests, problem, output, seconds, last["inside"], len(unrun))
