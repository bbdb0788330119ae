from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, runner
from docfliq_katas.overlay import MINE
from docfliq_katas.trace.take import take
from tests.trace.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Trace

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy

_TOML = """\
slug = "profiles"
title = "Profiles"
rule = "A rule."
chapter = "writing"
guidelines = ["L5"]
services = ["postgres", "mongodb", "valkey"]
minutes = 5
level = "everyday"
edit = ["src/main.py"]
prerequisites = []
hints = ["One.", "Two.", "Three."]
linters = []
out_of_scope = "All else."

[[links]]
title = "A page"
url = "https://example.org/"

[red]
test_red = "assert"
"""

_MAIN = """\
import asyncio
import os
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@asynccontextmanager
async def lifespan(app):
    engine = create_async_engine(os.environ["DATABASE_URL"])
    async with engine.begin() as connection:
        await connection.execute(text("create table users (id int)"))
    async with Redis.from_url(os.environ["REDIS_URL"]) as cache, AsyncMongoClient(os.environ["MONGODB_URL"]) as client:
        yield {"engine": engine, "cache": cache, "database": client.get_default_database()}
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/users/{number}")
async def read_user(request: Request, number: int):
    state = request.state
    async with state.engine.connect() as connection:
        for _ in range(number):
            await connection.execute(text("select id from users where id = 1"))
    await state.cache.set(f"user:{number}", "a secret", ex=300)
    await state.database.events.find_one({"user": number})
    task = asyncio.create_task(later(state.cache))
    answer = await asyncio.to_thread(number.__add__, 1)
    await task
    return answer


async def later(cache):
    await cache.incr("seen")
""".replace("from fastapi import FastAPI", "from fastapi import FastAPI, Request")

_TEST = '''\
"""Profiles."""

import asyncio

import pytest

from src.main import app


@pytest.fixture
async def client(serve, postgres, mongodb, valkey):
    await postgres.execute("create table own (id int)")
    await mongodb.own.insert_one({"own": 1})
    await valkey.set("own", 1)
    async with serve(app) as client:
        yield client


async def test_two_at_once(client, valkey, valkey_probe, loop_probe, sql_probe):
    """Two profiles are read at once."""
    async with loop_probe.watch() as heartbeat:
        with valkey_probe.record() as trips, sql_probe.record() as statements:
            await asyncio.gather(client.get("/users/2"), client.get("/users/3"))
            await valkey.get("own")
    heartbeat.assert_free(wants="a free loop")
    assert statements.count == 5
    assert [trip.commands[0][0] for trip in trips].count("SET") == 2


@pytest.mark.parametrize("number", [1, 2])
async def test_red(client, number):
    """A red one."""
    assert (await client.get(f"/users/{number}")).json() == 2


def test_without_a_loop():
    """No loop is needed."""
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
'''


@pytest.fixture
def profiles(shared_servers: str, course: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """Add a lesson that talks to all three servers, which are those of the project's own tests."""
    monkeypatch.setenv("KATA_STATE_DIR", shared_servers)
    folder = course / "lessons" / "04_profiles"
    write(folder / "lesson.toml", _TOML)
    write(folder / "src/__init__.py", "")
    write(folder / "src/main.py", _MAIN)
    write(folder / "test_profiles.py", _TEST)
    return catalogue.read(folder)


@pytest.fixture
def two_at_once(profiles: Lesson) -> Trace:
    """Take the trace of two requests at once."""
    (trace,) = take(profiles, MINE, "test_two_at_once")
    return trace


def test_what_servers_were_asked_belongs_to_its_request(two_at_once: Trace) -> None:
    """Statements, commands, round trips, threads and tasks: each in its own request, within its time, in words."""
    assert two_at_once.outcome == "passed"
    assert two_at_once.requests[1].began < two_at_once.requests[0].ended
    for request in two_at_once.requests:
        number = int(request.path[-1])
        calls = [call for call in two_at_once.calls if call.request == request.number]
        assert [call.name for call in calls if call.kind == "sql"] == ["SELECT users"] * number
        assert [call.what for call in calls if call.kind == "valkey"] == ["SET user:? … EX 300", "INCRBY seen …"]
        assert [call.what for call in calls if call.kind == "mongodb"] == ["find events where user limit ?"]
        assert [call.where for call in calls if call.kind == "thread"] == ["src/main.py:34 (read_user)"]
        assert all(request.began <= call.began <= call.ended for call in calls)
        assert all(call.ended <= request.ended for call in calls if call.kind == "sql")


def test_the_tests_own_connections_are_left_out(two_at_once: Trace) -> None:
    """Outside of any request only the lifespan of the app is left; no value is in the trace."""
    assert [(call.what, call.where) for call in two_at_once.calls if call.request is None] == [
        ("create table users (id int)", "src/main.py:16 (lifespan)")
    ]
    assert "own" not in str(two_at_once)
    assert "a secret" not in str(two_at_once)


def test_recording_changes_no_verdict(profiles: Lesson) -> None:
    """Outcomes with and without it are the same, also where the lesson has probes of its own, or no loop."""
    plain = runner.run(profiles.folder)
    traces = take(profiles, MINE)
    assert not plain.problem
    assert [test.outcome for test in plain.tests] == [trace.outcome for trace in traces]
    assert [trace.test for trace in traces if trace.outcome == "failed"] == ["test_red[2]"]
    assert [trace.outcome for trace in traces if trace.test == "test_without_a_loop"] == ["passed"]
