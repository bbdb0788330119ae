"""The pytest plugin that records what happens in a lesson's tests: `-p docfliq_katas.trace.record --trace-to FILE`.

It looks on and takes no part: nothing that a test sees, and no verdict, depends on it.
"""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.probes import requests
from docfliq_katas.probes.event_loop import Heartbeat, LoopProbe
from docfliq_katas.probes.mongo import MongoProbe
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.threads import ThreadProbe
from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.trace import words
from docfliq_katas.trace.model import Call, Request, Trace, to_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterable

_TESTS_OWN = "kata"  # the names of a test's own connections begin with it
_LIBRARIES_OWN = {"getaddrinfo", "getnameinfo"}  # what asyncio asks a thread for when a library connects
_HEARTBEAT = "_kata_trace_heartbeat"
_BEATS = pytest.StashKey[Heartbeat]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--trace-to`, the file that takes the traces, and `--trace-test`, the only test to run."""
    group = parser.getgroup("katas")
    group.addoption("--trace-to", metavar="FILE", help="write what happened in each test, as JSON")
    group.addoption("--trace-test", metavar="NAME", help="run only this test, with or without its parameters' id")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to write where a file is named."""
    if config.getoption("trace_to"):
        config.pluginmanager.register(_Scribe(Path(config.getoption("trace_to"))), "kata-trace-scribe")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep only the wanted test, and let the loop be watched in every test that has one."""
    wanted = config.getoption("trace_test")
    if wanted:
        items[:] = [item for item in items if wanted in {item.name, item.name.partition("[")[0]}]
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.fixturenames.insert(0, _HEARTBEAT)


@pytest.fixture(name=_HEARTBEAT)
async def watched(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Watch the loop from before the app starts until after it has ended."""
    async with LoopProbe().watch() as heartbeat:
        request.node.stash[_BEATS] = heartbeat
        yield


class _Scribe:
    """Follows the run and writes at its end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._traces: list[Trace] = []
        self._outcome = "passed"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._outcome = "failed" if report.when == "call" else "error"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Record one test, with what its fixtures do before and after it."""
        self._outcome = "passed"
        with ExitStack() as stack:
            answered = stack.enter_context(requests.record())
            statements = stack.enter_context(SqlProbe().record())
            commands = stack.enter_context(MongoProbe().record())
            trips = stack.enter_context(ValkeyProbe().record())
            hops = stack.enter_context(ThreadProbe().record())
            result = yield
        calls = [
            *(words.of_statement(one) for one in statements if one.request or one.where),
            *(words.of_command(one) for one in commands if one.request or one.where),
            *(
                words.of_trip(one)
                for one in trips
                if (one.request or one.where) and not one.client.startswith(_TESTS_OWN)
            ),
            *(words.of_hop(one) for one in hops if (one.where or one.defined) and one.function not in _LIBRARIES_OWN),
            *(words.of_stall(one) for one in item.stash.get(_BEATS, Heartbeat()).stalls if one.where),
        ]
        law = " ".join((inspect.getdoc(getattr(item, "function", None)) or "").split())
        self._traces.append(_trace(item.name, law, self._outcome, answered, calls))
        return result

    def pytest_sessionfinish(self) -> None:
        self._file.write_bytes(to_json(tuple(self._traces)))


def _trace(test: str, law: str, outcome: str, answered: Iterable[requests.Request], calls: Iterable[Call]) -> Trace:
    """Number the requests from 1, and let time begin with the first thing that happened."""
    answered = sorted(answered, key=lambda request: request.began)
    numbers = {request.number: number for number, request in enumerate(answered, 1)}
    by_number = {request.number: request for request in answered}
    calls = [_within(call, by_number.get(call.request or 0)) for call in calls]
    calls.sort(key=lambda call: call.began)
    zero = min([*(request.began for request in answered), *(call.began for call in calls)], default=0.0)
    return Trace(
        test=test,
        law=law,
        outcome=outcome,
        requests=tuple(
            Request(
                number=numbers[one.number],
                method=one.method,
                path=one.path,
                status=one.status,
                raised=one.raised,
                began=one.began - zero,
                seconds=one.seconds,
            )
            for one in answered
        ),
        calls=tuple(replace(call, began=call.began - zero, request=numbers.get(call.request or 0)) for call in calls),
    )


def _within(call: Call, request: requests.Request | None) -> Call:
    """Keep a stall, which is seen in steps of 10 ms only, inside the request that made it."""
    if call.kind != "stall" or request is None or call.began > request.ended:
        return call
    began = max(call.began, request.began)
    return replace(call, began=began, seconds=min(call.ended, request.ended) - began)
