from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from pymongo import AsyncMongoClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from docfliq_katas.probes import requests
from docfliq_katas.probes.event_loop import LoopProbe
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.mongo import MongoProbe
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.valkey import ValkeyProbe

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from pymongo.asynchronous.database import AsyncDatabase
    from redis.asyncio import Redis

    SliceOf = Callable[..., ModuleType]


async def test_a_request_has_a_status_and_a_time() -> None:
    """Method, path with query, status and how long it took; what the app raised; a recording ends with its block."""
    app = FastAPI()

    @app.get("/fails")
    async def fails() -> None:
        raise ValueError("as itself")

    with requests.record() as answered:
        async with Serve()(app) as client:
            before = time.perf_counter()
            await client.get("/missing", params={"limit": 3})
            await client.get("/fails")
            after = time.perf_counter()
    async with Serve()(app) as client:
        await client.get("/later")
    missing, failed = answered
    assert (str(missing), missing.status, missing.raised) == ("GET /missing?limit=3", 404, "")
    assert (failed.status, failed.raised) == (500, "the app raised ValueError: as itself")
    assert before <= missing.began <= missing.ended <= failed.began <= failed.ended <= after


async def test_what_two_requests_do_at_once_is_told_apart(
    postgres_url: str, mongodb_url: str, valkey_client: Redis
) -> None:
    """Statements, commands and trips carry the number and the time of their request; outside of any it is None."""
    app, engine = FastAPI(), create_async_engine(postgres_url)
    both = asyncio.Barrier(2)

    @app.get("/{name}")
    async def everything(name: str) -> None:
        async with engine.connect() as connection:
            await both.wait()
            await connection.execute(text(f"select '{name}'"))
        await asyncio.create_task(_find(database, name))
        await valkey_client.get(name)

    with SqlProbe().record() as sql, MongoProbe().record() as mongo, ValkeyProbe().record() as trips:
        async with AsyncMongoClient[dict[str, Any]](mongodb_url) as mongo_client:
            database = mongo_client.get_default_database()
            with requests.record() as answered:
                async with Serve()(app) as client:
                    await asyncio.gather(client.get("/a"), client.get("/b"))
        await valkey_client.get("outside")
    await engine.dispose()
    by_path = {request.path: request for request in answered}
    for name in "ab":
        request = by_path[f"/{name}"]
        assert other_of(by_path, name).began < request.ended
        (statement,) = [one for one in sql if f"'{name}'" in one.text]
        (command,) = [one for one in mongo if one.body["filter"] == {"name": name}]
        (trip,) = [one for one in trips if one.commands == (("GET", name),)]
        for seen in (statement, command, trip):
            assert seen.request == request.number
            assert seen.seconds > 0
            assert request.began <= seen.began <= seen.ended <= request.ended + 0.001
    assert [trip.request for trip in trips if trip.commands == (("GET", "outside"),)] == [None]


async def test_a_stall_belongs_to_the_request_that_made_it(slice_of: SliceOf) -> None:
    """Also where a request begins and ends in one turn of the loop, and while another one waits."""
    service = slice_of("import time\n\n\ndef block():\n    time.sleep(0.15)\n")
    app, entered, gate = FastAPI(), asyncio.Event(), asyncio.Event()

    @app.get("/waits")
    async def waits() -> None:
        entered.set()
        await gate.wait()

    @app.get("/blocks")
    async def blocks() -> None:
        service.block()

    async with LoopProbe().watch() as heartbeat:
        with requests.record() as answered:
            async with Serve()(app) as client:
                waiting = asyncio.create_task(client.get("/waits"))
                await entered.wait()
                await client.get("/blocks")
                gate.set()
                await waiting
    (stall,) = [stall for stall in heartbeat.stalls if stall.where]
    (request,) = [request for request in answered if request.path == "/blocks"]
    assert stall.request == request.number
    grain = 0.02  # the watchdog looks once in 10 ms
    assert request.began - grain <= stall.began <= stall.ended <= request.ended + grain


async def test_recordings_inside_one_another_hear_the_same(valkey_client: Redis) -> None:
    """A recording around a test takes nothing away from the test's own."""
    with ValkeyProbe().record() as outer:
        with ValkeyProbe().record() as inner:
            await valkey_client.get("user:1")
        await valkey_client.get("user:2")
    assert [trip.commands for trip in inner] == [(("GET", "user:1"),)]
    assert [trip.commands[0][1] for trip in outer] == ["user:1", "user:2"]
    assert {trip.client for trip in outer} == {"kata-test"}


@pytest.mark.parametrize("transaction", [True, False])
async def test_a_pipeline_ends_with_its_last_reply(valkey_client: Redis, *, transaction: bool) -> None:
    """One trip, one time: also where many replies come, and where one of them is an error."""
    await valkey_client.set("text", "x")
    pipeline = valkey_client.pipeline(transaction=transaction)
    for _ in range(50):
        pipeline.incr("number")
    pipeline.incr("text")
    began = time.perf_counter()
    with ValkeyProbe().record() as trips:
        await pipeline.execute(raise_on_error=False)
    assert trips.count == 1
    assert 0 < trips[0].seconds <= time.perf_counter() - began


def other_of(by_path: dict[str, requests.Request], name: str) -> requests.Request:
    """Return the other one of two requests."""
    return by_path["/b" if name == "a" else "/a"]


async def _find(database: AsyncDatabase[dict[str, Any]], name: str) -> None:
    await database.things.find_one({"name": name})
