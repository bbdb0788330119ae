"""The fixtures that lessons use: one database of its own per test, and one instrument per pitfall.

Heavy libraries are imported by the fixture that needs them, so that a lesson without servers starts at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas.report import APP_ERRORS

TEST_CLIENT = "kata-test"
"""The name under which the test's own connections appear on the servers; probes leave them out."""

RESTARTED = "kata-restarted"
"""The name of the test property that says which server had died and was started again."""

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from pymongo.asynchronous.database import AsyncDatabase
    from redis.asyncio import Redis

    from docfliq_katas.database import PostgresDatabase
    from docfliq_katas.probes.connections import ConnectionProbe
    from docfliq_katas.probes.event_loop import LoopProbe
    from docfliq_katas.probes.http import Serve
    from docfliq_katas.probes.logs import LogProbe
    from docfliq_katas.probes.memory import MemoryProbe
    from docfliq_katas.probes.mongo import MongoProbe
    from docfliq_katas.probes.postgres_line import PostgresLine
    from docfliq_katas.probes.processes import Processes
    from docfliq_katas.probes.secrets import SecretProbe
    from docfliq_katas.probes.sql import SqlProbe
    from docfliq_katas.probes.threads import ThreadProbe
    from docfliq_katas.probes.valkey import ValkeyProbe
    from docfliq_katas.probes.valkey_line import ValkeyLine
    from docfliq_katas.services import Server


@pytest.fixture
async def postgres(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AsyncIterator[PostgresDatabase]:
    """An empty PostgreSQL database of the test's own; its address is in DATABASE_URL."""
    from docfliq_katas.database import PostgresDatabase
    from docfliq_katas.services import postgres as service

    _note_restart(request, service.server())
    async with service.fresh_database(tidied=request.config.getoption("tidied")) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        async with PostgresDatabase(url) as database:
            yield database


@pytest.fixture
async def mongodb(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """An empty MongoDB database of the test's own; its address is in MONGODB_URL."""
    from pymongo import AsyncMongoClient

    import docfliq_katas.probes.mongo  # noqa: F401 - its listener hears only clients that are made after it
    from docfliq_katas.services import mongodb as service

    _note_restart(request, service.server())
    async with service.fresh_database() as url:
        monkeypatch.setenv("MONGODB_URL", url)
        async with AsyncMongoClient[dict[str, Any]](url, tz_aware=True, appname=TEST_CLIENT) as client:
            yield client.get_default_database()


@pytest.fixture
async def valkey(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    """An empty numbered Valkey database of the test's own; its address is in REDIS_URL."""
    from redis.asyncio import Redis

    from docfliq_katas.services import valkey as service

    _note_restart(request, service.server())
    async with service.fresh_database() as url:
        monkeypatch.setenv("REDIS_URL", url)
        async with Redis.from_url(url, decode_responses=True, client_name=TEST_CLIENT) as client:
            yield client


@pytest.fixture
async def postgres_line(postgres: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresLine]:
    """The app's line to PostgreSQL, which knows who waits; DATABASE_URL leads over it, the test has its own."""
    from docfliq_katas.probes.postgres_line import PostgresLine

    async with PostgresLine(postgres.url) as line:
        monkeypatch.setenv("DATABASE_URL", line.url)
        yield line


@pytest.fixture
async def valkey_line(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ValkeyLine]:
    """The app's line to Valkey, which loses a reply or holds a command back; REDIS_URL leads over it."""
    from docfliq_katas.probes.valkey_line import ValkeyLine

    await valkey.ping()  # the test's own connection is made
    async with ValkeyLine(os.environ["REDIS_URL"]) as line:
        monkeypatch.setenv("REDIS_URL", line.url)
        yield line


@pytest.fixture
def serve(request: pytest.FixtureRequest) -> Serve:
    """An HTTP client for an app, with its lifespan run."""
    from docfliq_katas.probes.http import Serve

    probe = Serve()
    request.node.stash[APP_ERRORS] = probe.errors
    return probe


@pytest.fixture
def loop_probe() -> LoopProbe:
    """Sees what holds the event loop, and names the call."""
    from docfliq_katas.probes.event_loop import LoopProbe

    return LoopProbe()


@pytest.fixture
def thread_probe() -> ThreadProbe:
    """Sees what is handed to worker threads."""
    from docfliq_katas.probes.threads import ThreadProbe

    return ThreadProbe()


@pytest.fixture
def sql_probe() -> SqlProbe:
    """Counts the statements that reach PostgreSQL, with the line of the slice that sent them."""
    from docfliq_katas.probes.sql import SqlProbe

    return SqlProbe()


@pytest.fixture
def mongo_probe() -> MongoProbe:
    """Records the commands that reach MongoDB, and what they returned."""
    from docfliq_katas.probes.mongo import MongoProbe

    return MongoProbe()


@pytest.fixture
def valkey_probe() -> ValkeyProbe:
    """Counts round trips to Valkey, and knows keys and lifetimes."""
    from docfliq_katas.probes.valkey import ValkeyProbe

    return ValkeyProbe()


@pytest.fixture
def connection_probe() -> ConnectionProbe:
    """Asks the servers who is connected."""
    from docfliq_katas.probes.connections import ConnectionProbe

    return ConnectionProbe()


@pytest.fixture
def secret_probe() -> SecretProbe:
    """Plants secrets, and finds them where they must not be."""
    from docfliq_katas.probes.secrets import SecretProbe

    return SecretProbe()


@pytest.fixture
def log_probe() -> LogProbe:
    """Hears everything that any logger says."""
    from docfliq_katas.probes.logs import LogProbe

    return LogProbe()


@pytest.fixture
def memory_probe() -> MemoryProbe:
    """Measures the peak of memory in bytes."""
    from docfliq_katas.probes.memory import MemoryProbe

    return MemoryProbe()


@pytest.fixture
def processes(request: pytest.FixtureRequest) -> Iterator[Processes]:
    """Starts processes of the slice, and ends them with the test."""
    from docfliq_katas.probes.processes import Processes

    with Processes(request.path.parent) as processes:
        yield processes


def _note_restart(request: pytest.FixtureRequest, server: Server) -> None:
    if server.restarted:
        request.node.user_properties.append((RESTARTED, server.name))
