from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import redis
import redis.asyncio.connection
from redis.asyncio import Redis

from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

WANTS = "a TTL on every cached value"
SLICE = """
    async def one_by_one(cache, ids):
        return [await cache.get(f"user:{one}") for one in ids]


    async def at_once(cache, ids):
        return await cache.mget([f"user:{one}" for one in ids])


    async def in_a_pipeline(cache, ids, *, transaction=True):
        pipeline = cache.pipeline(transaction=transaction)
        for one in ids:
            pipeline.set(f"user:{one}", b"\\xff", ex=60)
        return await pipeline.execute()


    async def remembers(cache, key, **options):
        await cache.set(key, "value", **options)
"""


async def test_round_trips_are_counted_at_the_socket(valkey_client: Redis, slice_of: SliceOf) -> None:
    """Ten GET are ten trips; an MGET is one, and so is a pipeline with or without a transaction."""
    service = slice_of(SLICE, "users/cache.py")
    probe, ids = ValkeyProbe(), range(10)
    with probe.record() as single:
        await service.one_by_one(valkey_client, ids)
    with probe.record() as multi:
        await service.at_once(valkey_client, ids)
    with probe.record() as piped:
        await service.in_a_pipeline(valkey_client, ids)
        await service.in_a_pipeline(valkey_client, ids, transaction=False)
    assert (single.count, multi.count, piped.count) == (10, 1, 2)
    assert single[0].commands == (("GET", "user:0"),)
    assert str(single[0].where) == "src/users/cache.py:2 (one_by_one)"
    assert [len(trip.commands) for trip in piped] == [12, 10]
    assert piped.commands[1] == ("SET", "user:0", "\\xff", "EX", "60")
    assert str(piped.where_of("user:3")) == "src/users/cache.py:13 (in_a_pipeline)"


async def test_handshakes_are_kept_apart(valkey_client: Redis) -> None:
    """What a new connection says before its first command is no trip of the slice."""
    with ValkeyProbe().record() as trips:
        async with Redis.from_pool(_like(valkey_client)) as client:
            await client.get("user:1")
    assert [trip.commands for trip in trips] == [(("GET", "user:1"),)]
    assert trips.handshakes[0].commands[0][0] == "HELLO"


async def test_a_health_check_is_kept_apart(valkey_client: Redis) -> None:
    """A PING that the library sends before a command is its own affair."""
    async with Redis.from_pool(_like(valkey_client, health_check_interval=1000)) as client:
        await client.get("user:1")
        (connection,) = client.connection_pool._available_connections
        connection.next_health_check = 0  # overdue
        with ValkeyProbe().record() as trips:
            await client.get("user:1")
            await client.ping()
    assert [trip.commands[0][0] for trip in trips] == ["GET", "PING"]
    assert {trip.commands[0][0] for trip in trips.handshakes} == {"PING"}


async def test_a_synchronous_client_is_seen_too(valkey_client: Redis, slice_of: SliceOf) -> None:
    """A client that a slice offloads to a thread makes trips as well."""
    service = slice_of("def read(cache):\n    return cache.get('user:1')\n", "users/cache.py")
    options = dict(valkey_client.connection_pool.connection_kwargs)
    address = {name: options[name] for name in ("path", "host", "port", "password", "db") if options.get(name)}
    if "path" in address:
        address["unix_socket_path"] = address.pop("path")
    with redis.Redis(**address) as client, ValkeyProbe().record() as trips:
        await asyncio.to_thread(service.read, client)
        client.pipeline().get("a").get("b").execute()
    assert [len(trip.commands) for trip in trips] == [1, 4]
    assert str(trips[0].where) == "src/users/cache.py:2 (read)"
    assert trips.handshakes


async def test_keys_and_their_lifetimes(valkey_client: Redis) -> None:
    """Every key of a prefix, with the seconds that it has left, or None."""
    await valkey_client.set("cache:1", "x")
    await valkey_client.set("cache:2", "x", ex=60)
    await valkey_client.set("other*:1", "x", ex=60)
    probe = ValkeyProbe()
    keys = await probe.keys(valkey_client, "cache:")
    assert list(keys) == ["cache:1", "cache:2"]
    assert keys["cache:1"] is None
    assert 50 < (keys["cache:2"] or 0) <= 60
    assert list(await probe.keys(valkey_client, "other*")) == ["other*:1"]
    assert list(await probe.keys(valkey_client, "o*")) == []
    assert len(await probe.keys(valkey_client)) == 3


async def test_a_key_that_lives_for_ever_is_refused(valkey_client: Redis, slice_of: SliceOf) -> None:
    """A plain SET takes the lifetime away; the key and the line that wrote it are named."""
    service = slice_of(SLICE, "users/cache.py")
    probe = ValkeyProbe()
    with probe.record() as trips:
        await service.remembers(valkey_client, "cache:1", ex=60)
        await service.remembers(valkey_client, "cache:2", ex=60)
        await service.remembers(valkey_client, "cache:2")
    with pytest.raises(Verdict) as caught:
        await probe.assert_every_key_expires(valkey_client, prefix="cache:", trips=trips, wants=WANTS)
    assert caught.value.saw == "cache:2 lives for ever: it has no TTL"
    assert caught.value.look_at == "src/users/cache.py:17 (remembers)"


async def test_lifetimes_have_bounds(valkey_client: Redis) -> None:
    """Too long and too short are refused as well; in between passes."""
    probe = ValkeyProbe()
    await valkey_client.set("cache:1", "x", ex=3600)
    with pytest.raises(Verdict, match="at most 600 s are"):
        await probe.assert_every_key_expires(valkey_client, prefix="cache:", at_most=600, wants=WANTS)
    with pytest.raises(Verdict, match="at least 7200 s are"):
        await probe.assert_every_key_expires(valkey_client, prefix="cache:", at_least=7200, wants=WANTS)
    await probe.assert_every_key_expires(valkey_client, prefix="cache:", at_most=3600, at_least=600, wants=WANTS)


async def test_no_key_at_all_is_refused(valkey_client: Redis) -> None:
    """A slice that caches nothing does not pass."""
    await valkey_client.set("other:1", "x", ex=60)
    with pytest.raises(Verdict, match="no key that begins with cache:"):
        await ValkeyProbe().assert_every_key_expires(valkey_client, prefix="cache:", wants=WANTS)


def test_the_library_is_as_before() -> None:
    """The patched methods are put back, also when the block failed."""
    owners = (redis.asyncio.connection.AbstractConnection, redis.connection.AbstractConnection)
    names = ("send_packed_command", "connect_check_health")
    before = [owner.__dict__[name] for owner in owners for name in names]

    def fails_while_recorded() -> None:
        with ValkeyProbe().record():
            assert before != [owner.__dict__[name] for owner in owners for name in names]
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        fails_while_recorded()
    assert before == [owner.__dict__[name] for owner in owners for name in names]


def _like(client: Redis, **options: object) -> redis.asyncio.ConnectionPool:
    """Return a pool to the same server and database as that of a client."""
    pool = client.connection_pool
    return redis.asyncio.ConnectionPool(connection_class=pool.connection_class, **{**pool.connection_kwargs, **options})
