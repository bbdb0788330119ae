"""Run lessons, each in a process of its own, forked from this one after the libraries are imported."""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import selectors
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas import child
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LIBRARIES = (
    "fastapi",
    "pydantic_settings",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
    "redis.asyncio",
    "beanie",
    "httpx",
    "asgi_lifespan",
    "email_validator",
)
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

    """

    tests: tuple[Test, ...]
    problem: str | None
    output: str
    seconds: float

    @property
    def green(self) -> bool:
        """Every test passed, and there was at least one."""
        return not self.problem and bool(self.tests) and all(test.outcome == "passed" for test in self.tests)

    @property
    def red(self) -> dict[str, str]:
        """The tests that did not pass: name -> message."""
        messages: dict[str, str] = {}
        for test in self.tests:
            if test.outcome != "passed":
                messages[test.name] = "\n\n".join(filter(None, [messages.get(test.name), test.message]))
        return messages


@dataclass
class _Child:
    folder: Path
    pid: int
    results: int
    output: Path
    started: float
    data: bytearray = field(default_factory=bytearray)


def warm_up() -> None:
    """Import what lessons use and let pytest load its plugins, once; forked runs then start at once."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        (Path(folder) / "test_nothing.py").write_text("async def test_nothing(): pass\n")
        pytest.main(child.arguments(Path(folder)))


def run(folder: Path, *, show: bool = False, extra: Sequence[str] = ()) -> Run:
    """Run one lesson folder and return what came out; with `show`, pytest writes to the terminal meanwhile."""
    return next(run_all([folder], workers=1, show=show, extra=extra))[1]


def run_all(
    folders: Sequence[Path], *, workers: int, show: bool = False, extra: Sequence[str] = ()
) -> Iterator[tuple[Path, Run]]:
    """Run lesson folders, `workers` at a time, and yield (folder, run) as they end.

    A run that hangs longer than 120 s is stopped and says where. Children are stopped when the caller stops.
    """
    waiting = list(reversed(folders))
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                while waiting and len(selector.get_map()) < workers:
                    started = _start(waiting.pop(), show=show, extra=extra)
                    selector.register(started.results, selectors.EVENT_READ, started)
                yield from _ended(selector)
        finally:
            for key in list(selector.get_map().values()):
                _abandon(selector, key.data)


def _start(folder: Path, *, show: bool, extra: Sequence[str]) -> _Child:
    reading, writing = os.pipe()
    descriptor, output = tempfile.mkstemp(prefix="kata-output-")
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child.main(folder, writing, None if show else descriptor, extra)
    os.close(writing)
    os.close(descriptor)
    return _Child(folder, pid, reading, Path(output), time.monotonic())


def _ended(selector: selectors.BaseSelector) -> Iterator[tuple[Path, Run]]:
    for key, _ in selector.select(timeout=0.2):
        running: _Child = key.data
        chunk = os.read(running.results, 65536)
        running.data += chunk
        if not chunk:
            yield running.folder, _finish(selector, running)
    for key in list(selector.get_map().values()):
        if time.monotonic() - key.data.started > _LIMIT:
            yield key.data.folder, _finish(selector, key.data, hung=True)


def _abandon(selector: selectors.BaseSelector, running: _Child) -> None:
    """End a child whose verdict nobody waits for any more."""
    selector.unregister(running.results)
    child.stop(running.pid)
    os.waitpid(running.pid, 0)
    os.close(running.results)
    running.output.unlink()


def _finish(selector: selectors.BaseSelector, running: _Child, *, hung: bool = False) -> Run:
    selector.unregister(running.results)
    if hung:
        child.say_where(running.pid)
        child.stop(running.pid)
    _, status = os.waitpid(running.pid, 0)
    os.close(running.results)
    output = running.output.read_text(encoding="utf-8", errors="replace")
    running.output.unlink()
    seconds = time.monotonic() - running.started
    if hung:
        return Run((), f"{_hanging_line(output, running.folder)}: no end after {_LIMIT:.0f} s", output, seconds)
    return _result(bytes(running.data), status, output, seconds)


def _hanging_line(output: str, folder: Path) -> str:
    """Return the innermost line of the slice in the stack that a hung child has written."""
    found = re.search(rf'File "{re.escape(str(folder))}/(src/\S+)", line (\d+) in (\S+)', output)
    return f"{found[1]}:{found[2]} ({found[3]})" if found else "the slice"


def _result(data: bytes, status: int, output: str, seconds: float) -> Run:
    try:
        answer: dict[str, Any] = json.loads(data)
    except ValueError:
        code = os.waitstatus_to_exitcode(status)
        return Run((), f"the run died without a word (exit code {code})\n{output[-2000:]}", output, seconds)
    if answer["misuse"]:
        raise Misuse(answer["misuse"])
    tests = tuple(Test(**test) for test in answer["tests"])
    problem = answer["problem"] or (None if tests else f"pytest found no test\n{output[-2000:]}")
    return Run(tests, problem, output, seconds)
