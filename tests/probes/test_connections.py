from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import ConnectionPool, Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from docfliq_katas.probes import connections
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

WANTS = "every connection closed after shutdown"


@pytest.fixture
def few_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A red verdict without the wait."""
    monkeypatch.setattr(connections, "_POLLS", 3)


@pytest.mark.usefixtures("few_polls")
async def test_an_engine_that_is_not_disposed_is_seen(postgres_url: str) -> None:
    """PostgreSQL holds the connections of the pool, with what they did last, until they are closed."""
    probe = ConnectionProbe()
    assert await probe.postgres(postgres_url) == []
    engine = create_async_engine(postgres_url)
    async with engine.connect() as connection:
        await connection.execute(text("select 42"))
        (inside,) = await probe.postgres(postgres_url)
    assert (inside.state, inside.last) == ("idle in transaction", "select 42")
    with pytest.raises(Verdict) as caught:
        await probe.assert_none_left(postgres=postgres_url, wants=WANTS)
    assert caught.value.saw.startswith("1 connection is still open\nPostgreSQL: idle, last said ROLLBACK")
    await engine.dispose()


@pytest.mark.usefixtures("few_polls")
async def test_what_was_there_before_is_left_out(postgres_url: str) -> None:
    """A connection that is named as known is no reason to refuse, and another one is."""
    probe = ConnectionProbe()
    engine, later = create_async_engine(postgres_url), create_async_engine(postgres_url)
    async with engine.connect():
        known = await probe.postgres(postgres_url)
        await probe.assert_none_left(postgres=postgres_url, apart_from=known, wants=WANTS)
        async with later.connect():
            with pytest.raises(Verdict, match="1 connection is still open"):
                await probe.assert_none_left(postgres=postgres_url, apart_from=known, wants=WANTS)
    await engine.dispose()
    await later.dispose()


async def test_a_disposed_engine_passes(postgres_url: str) -> None:
    """The server is given the time to notice that its clients are gone."""
    engine = create_async_engine(postgres_url)
    async with engine.connect(), engine.connect():
        assert len(await ConnectionProbe().postgres(postgres_url)) == 2
    await engine.dispose()
    await ConnectionProbe().assert_none_left(postgres=postgres_url, wants=WANTS)


async def test_a_client_of_valkey_is_seen_until_it_is_closed(
    valkey_client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Valkey holds a connection of the pool until `aclose`."""
    probe = ConnectionProbe()
    pool = valkey_client.connection_pool
    options = {key: value for key, value in pool.connection_kwargs.items() if key != "client_name"}
    client = Redis.from_pool(ConnectionPool(connection_class=pool.connection_class, **options))
    await client.get("user:1")
    (connection,) = await probe.valkey(valkey_client)
    assert (connection.server, connection.state, connection.last) == ("Valkey", "idle", "GET")
    assert connection.name == ""
    monkeypatch.setattr(connections, "_POLLS", 3)
    with pytest.raises(Verdict, match="1 connection is still open"):
        await probe.assert_none_left(valkey=valkey_client, wants=WANTS)
    monkeypatch.undo()
    blocked = asyncio.ensure_future(client.blpop("jobs", timeout=10))
    while await probe.valkey(valkey_client) == [connection]:
        pass  # the server has not read the command yet
    assert [one.state for one in await probe.valkey(valkey_client)] == ["active"]
    await valkey_client.rpush("jobs", "a job")
    await blocked
    await client.aclose()
    await probe.assert_none_left(valkey=valkey_client, wants=WANTS)


async def test_a_client_of_mongodb_is_seen_until_it_is_closed(
    mongo_database: AsyncDatabase[dict[str, Any]], mongodb_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB holds connections that watch and connections that work until `close`."""
    probe = ConnectionProbe()
    assert await probe.mongodb(mongo_database) == []
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongodb_url)
    await asyncio.gather(*(client[mongo_database.name].posts.find_one() for _ in range(3)))
    found = await probe.mongodb(mongo_database)
    assert len(found) >= 2
    assert [one.last for one in found] == sorted(one.last for one in found)
    monkeypatch.setattr(connections, "_POLLS", 3)
    with pytest.raises(Verdict, match="connections are still open"):
        await probe.assert_none_left(mongodb=mongo_database, wants=WANTS)
    monkeypatch.undo()
    await client.close()
    await probe.assert_none_left(mongodb=mongo_database, wants=WANTS)


async def test_a_server_must_be_named() -> None:
    """A demand about no server could not fail."""
    with pytest.raises(ValueError, match="at least one server"):
        await ConnectionProbe().assert_none_left(wants=WANTS)
