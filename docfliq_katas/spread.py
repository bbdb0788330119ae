"""The part of the pytest plugin that spreads the tests of a run over processes: `--spread N` forks N of them.

They are forked once the tests are collected, so nothing is imported twice. Test 1 goes to the first, test 2 to the
second, and so on; what they report is told in the order of the file, as if one process had run them all.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas import child

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

_WAITS = frozenset({"postgres", "mongodb", "valkey", "processes"})
"""Fixtures whose tests wait for other processes; among tests that only compute, the forks cost more than they save."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--spread`."""
    parser.getgroup("katas").addoption(
        "--spread", type=int, default=1, metavar="N", help="run the tests of one lesson in N processes"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests in several processes, where that is asked for and there is something to spread."""
    option = session.config.option
    waiting = sum(not _WAITS.isdisjoint(getattr(item, "fixturenames", ())) for item in session.items)
    count = min(option.spread, waiting)
    if count < 2 or session.testsfailed or option.collectonly:
        return None
    try:
        with ExitStack() as stack:
            parts = [stack.enter_context(_Part.begun(session, session.items[first::count])) for first in range(count)]
            for number, item in enumerate(session.items):
                parts[number % count].tell(item)
                if session.shouldfail:
                    raise session.Failed(session.shouldfail)
                if session.shouldstop:
                    raise session.Interrupted(session.shouldstop)
    except _DiedError as died:  # and the others are ended
        os._exit(died.code)
    return True


class _DiedError(Exception):
    """One of the processes has died in the middle of a test; this one ends as it did."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class _Part:
    """Some of the tests, and the process that runs them."""

    process: ForkProcess
    reports: Connection

    @classmethod
    @contextmanager
    def begun(cls, session: pytest.Session, items: list[pytest.Item]) -> Iterator[_Part]:
        context = multiprocessing.get_context("fork")
        reading, writing = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(session, items, writing, os.getpid()))
        process.start()
        writing.close()
        try:
            yield cls(process, reading)
        finally:
            process.kill()
            process.join()
            reading.close()

    def tell(self, item: pytest.Item) -> None:
        """Pass on what is said of one test, as pytest does after each phase of it."""
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for said in self._heard():
            if isinstance(said, pytest.exit.Exception):
                raise said
            report = item.config.hook.pytest_report_from_serializable(config=item.config, data=said)
            hook.pytest_runtest_logreport(report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _heard(self) -> Iterator[Any]:
        """Yield what comes up to the end of a test."""
        try:
            while (said := self.reports.recv()) is not None:
                yield said
        except EOFError:
            self.process.join()
            raise _DiedError(abs(self.process.exitcode or 1)) from None


def _work(session: pytest.Session, items: list[pytest.Item], connection: Connection, parent: int) -> None:
    """Run tests in a process of their own, and send its reports; None ends each test."""
    child.end_with(parent)
    plugins = session.config.pluginmanager
    plugins.unregister(name="terminalreporter")
    plugins.register(_Sender(session.config, connection))
    try:
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            connection.send(None)
    except pytest.exit.Exception as leaving:
        connection.send(leaving)


class _Sender:
    """A pytest plugin that sends reports, and keeps what this process prints apart from its siblings'."""

    def __init__(self, config: pytest.Config, connection: Connection) -> None:
        self._config = config
        self._connection = connection
        self._apart = config.option.capture != "fd"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._connection.send(data)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if not self._apart:  # pytest captures here: both names lead to one file, which the siblings share
            for number, stream in ((1, sys.stdout), (2, sys.stderr)):
                with tempfile.TemporaryFile() as own:
                    os.dup2(own.fileno(), number)
                    os.dup2(own.fileno(), stream.fileno())
            self._apart = True
