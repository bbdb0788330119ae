"""The lines between an app and its servers."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from docfliq_katas.services.postgres import driver_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from docfliq_katas.database import PostgresDatabase
    from docfliq_katas.probes.postgres_line import PostgresLine
    from docfliq_katas.probes.valkey_line import ValkeyLine


@pytest.fixture
async def app(valkey_line: ValkeyLine) -> AsyncIterator[Redis]:
    """A client that goes over the line, and gives up at once."""
    async with Redis.from_url(os.environ["REDIS_URL"], decode_responses=True, retry=Retry(NoBackoff(), 0)) as app:
        assert valkey_line.url == os.environ["REDIS_URL"]
        yield app


async def test_what_is_said_comes_through(app: Redis, valkey: Redis) -> None:
    """Commands and replies of every shape pass, into the test's own database."""
    await app.hset("user:1", mapping={"name": "Asha", "city": "Pune"})
    async with app.pipeline() as pipe:
        for command in (("HGETALL", "user:1"), ("SET", "none", ""), ("GET", "none"), ("GET", "nothing")):
            pipe.execute_command(*command)
        replies = await pipe.execute()
    assert replies == [{"name": "Asha", "city": "Pune"}, True, "", None]
    assert await app.lrange("empty", 0, -1) == []
    assert await valkey.hget("user:1", "name") == "Asha"


async def test_a_reply_is_lost_after_the_command_of_a_number(
    app: Redis, valkey: Redis, valkey_line: ValkeyLine
) -> None:
    """The server carries that command out, the app does not hear of it, and nothing passes until the block ends."""
    with valkey_line.cut_after(2):
        await app.set("one", 1)
        with pytest.raises(RedisConnectionError):
            await app.set("two", 2)
        with pytest.raises(RedisConnectionError):
            await app.set("three", 3)
    assert valkey_line.carried == ["SET", "SET"]
    assert await valkey.mget("one", "two", "three") == ["1", "2", None]
    assert await app.set("three", 3)


async def test_a_number_that_never_comes_cuts_nothing(app: Redis, valkey_line: ValkeyLine) -> None:
    """What was carried is shorter than the number, which is how a test knows that it has tried them all."""
    with valkey_line.cut_after(3):
        await app.incr("visits")
        await app.expire("visits", 60)
    assert valkey_line.carried == ["INCRBY", "EXPIRE"]


async def test_something_happens_before_a_command(app: Redis, valkey: Redis, valkey_line: ValkeyLine) -> None:
    """The command of that number waits for it, on whichever connection it comes."""
    await app.set("window", 5)
    with valkey_line.before(2, lambda: valkey.delete("window")):
        assert await app.get("window") == "5"
        assert await app.incr("window") == 1
    assert valkey_line.carried == ["GET", "INCRBY"]


async def test_a_command_is_held_back_and_others_pass(app: Redis, valkey_line: ValkeyLine) -> None:
    """The one that is held back does not stop those on other connections, and goes on when the block ends."""
    with valkey_line.hold_back(1):
        held = asyncio.ensure_future(app.set("shares", 1))
        await _until(lambda: valkey_line.held)
        assert valkey_line.held == "SET"
        await app.set("shares", 2)
        assert not held.done()
    await held
    assert valkey_line.carried == ["SET", "SET"]
    assert await app.get("shares") == "1"
    assert not valkey_line.held


async def test_who_waits_for_postgres_is_counted(postgres: PostgresDatabase, postgres_line: PostgresLine) -> None:
    """A connection waits from its question to the first word of the answer."""
    assert os.environ["DATABASE_URL"] == postgres_line.url
    await postgres.execute("SELECT pg_advisory_lock(1)")
    app = await asyncpg.connect(driver_url(postgres_line.url))
    assert postgres_line.under_way == 0
    asking = asyncio.create_task(app.execute("SELECT pg_advisory_lock(1)"))
    while not await postgres.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert not asking.done()
    assert postgres_line.under_way == 1
    await postgres.execute("SELECT pg_advisory_unlock(1)")
    await asking
    assert postgres_line.under_way == 0
    await app.close()


async def test_every_connection_that_was_opened_is_counted(
    postgres: PostgresDatabase, postgres_line: PostgresLine, app: Redis, valkey_line: ValkeyLine
) -> None:
    """Also one that is closed again; those of the test, which do not come over the line, are none of them."""
    await postgres.fetchval("SELECT 1")
    assert (postgres_line.opened, valkey_line.opened) == (0, 0)
    for number in (1, 2):
        connection = await asyncpg.connect(driver_url(postgres_line.url))
        await connection.close()
        await app.ping()
        assert (postgres_line.opened, valkey_line.opened) == (number, 1)


async def test_a_line_ends_with_its_test(postgres: PostgresDatabase, postgres_line: PostgresLine) -> None:
    """A connection that is still open when the line ends is closed, at both ends."""
    app = await asyncpg.connect(driver_url(postgres_line.url))
    pid = app.get_server_pid()
    await postgres_line.__aexit__()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
        await app.execute("SELECT 1")
    while await postgres.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid):
        pass


async def _until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - the line has no event for it
        await asyncio.sleep(0)
