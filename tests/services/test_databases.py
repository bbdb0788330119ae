from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from docfliq_katas.errors import Misuse
from docfliq_katas.services import postgres, valkey
from docfliq_katas.services.leases import folder_of
from docfliq_katas.services.places import place_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from types import ModuleType


@pytest.fixture(autouse=True)
def state(shared_state: Path) -> Path:
    """Let the tests of this module share their servers."""
    return shared_state


async def put(service: ModuleType, url: str) -> None:
    """Store one thing in a database."""
    if service is postgres:
        connection = await asyncpg.connect(postgres.driver_url(url))
        await connection.execute("CREATE TABLE thing (id int)")
        await connection.close()
    elif service is valkey:
        async with Redis.from_url(url) as client:
            await client.set("thing", 1)
    else:
        async with AsyncMongoClient[dict[str, object]](url) as mongo:
            await mongo.get_default_database().thing.insert_one({})


async def things(service: ModuleType, url: str) -> int:
    """Return how many things a database holds."""
    if service is postgres:
        connection = await asyncpg.connect(postgres.driver_url(url))
        count = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        await connection.close()
        return int(count)
    if service is valkey:
        async with Redis.from_url(url) as client:
            return int(await client.dbsize())
    async with AsyncMongoClient[dict[str, object]](url) as mongo:
        return len(await mongo.get_default_database().list_collection_names())


async def databases(service: ModuleType) -> set[str]:
    """Return the names of the databases in use that the server itself knows of."""
    url = service.server().url
    if service is postgres:
        connection = await asyncpg.connect(postgres.driver_url(url))
        names = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'kata%'")
        await connection.close()
        return {row["datname"] for row in names}
    if service is valkey:
        async with Redis.from_url(url) as client:
            return set(await client.info("keyspace"))
    async with AsyncMongoClient[dict[str, object]](url) as mongo:
        return {name for name in await mongo.list_database_names() if name.startswith("kata")}


async def test_a_database_is_empty_and_gone_at_the_end(service: ModuleType) -> None:
    """Everybody begins with nothing and leaves nothing."""
    for _ in range(2):
        async with service.fresh_database() as url:
            assert await things(service, url) == 0
            await put(service, url)
            assert await things(service, url) == 1
            assert len(await databases(service)) == 1
    assert await databases(service) == set()


async def test_two_databases_at_once_are_two(service: ModuleType) -> None:
    """What one test stores no other test sees."""
    async with service.fresh_database() as first, service.fresh_database() as second:
        await put(service, first)
        assert await things(service, second) == 0


async def test_a_database_is_dropped_when_its_test_fails(service: ModuleType) -> None:
    """An error passes through, and the database goes."""
    async with service.fresh_database():
        pass  # what the killed programs of other tests have left goes with it
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the error has to pass through
        async with service.fresh_database() as url:
            await put(service, url)
            _ = 1 / 0
    assert await databases(service) == set()


async def test_what_a_killed_run_left_is_dropped_by_the_next(
    service: ModuleType, start_program: Callable[..., subprocess.Popen[str]]
) -> None:
    """A run that died holds no lock any more; the next run clears up, and touches no run that lives."""
    code = (
        f"import asyncio, sys; from docfliq_katas import services; sys.path[:0] = [{str(Path(__file__).parent)!r}];"
        f"import test_databases as t; s = services.{service.NAME}\n"
        "async def main():\n"
        "    async with s.fresh_database() as url:\n"
        "        await t.put(s, url); print(url, flush=True); input()\n"
        "asyncio.run(main())"
    )
    dead, alive = start_program(code, stdin=-1), start_program(code, stdin=-1)
    urls = []
    for program in (dead, alive):
        assert program.stdout is not None
        urls.append(program.stdout.readline().strip())
    assert len(await databases(service)) == 2
    dead.kill()
    dead.wait()
    async with service.fresh_database() as url:
        assert await things(service, url) == 0
        assert await things(service, urls[1]) == 1
    assert len(await databases(service)) == 1


async def test_leaving_an_open_connection_does_not_keep_the_database() -> None:
    """A slice that forgets to close its connection costs nobody else anything."""
    async with postgres.fresh_database() as url:
        connection = await asyncpg.connect(postgres.driver_url(url))
    connection.terminate()
    assert await databases(postgres) == set()


def test_one_event_loop_after_the_other(service: ModuleType) -> None:
    """Nothing is kept that belongs to an event loop."""

    async def use() -> int:
        async with service.fresh_database() as url:
            await put(service, url)
            return await things(service, url)

    assert [asyncio.run(use()) for _ in range(3)] == [1, 1, 1]


def test_parent_and_forked_child_do_not_meet(service: ModuleType, run_program: Callable[..., str]) -> None:
    """A child that is forked while its parent has a database gets one of its own and drops only that."""
    code = (
        f"import asyncio, os, sys; sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import test_databases as t\n"
        f"from docfliq_katas import services; s = services.{service.NAME}\n"
        "async def child():\n"
        "    async with s.fresh_database() as url:\n"
        "        assert await t.things(s, url) == 0; await t.put(s, url)\n"
        "async def seed(manager):\n"
        "    url = await manager.__aenter__(); await t.put(s, url); return url\n"
        "async def finish(manager, url):\n"
        "    found = await t.things(s, url); await manager.__aexit__(None, None, None); return found\n"
        "runner, manager = asyncio.Runner(), s.fresh_database()\n"
        "url = runner.run(seed(manager))\n"
        "pid = os.fork()\n"
        "if not pid:\n"
        "    try: asyncio.run(child()); os._exit(0)\n"
        "    except BaseException as e: print(repr(e), flush=True); os._exit(1)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0\n"
        "with runner: print(runner.run(finish(manager, url)), len(runner.run(t.databases(s))))"
    )
    assert run_program(code) == "1 0"


async def test_a_server_that_dies_under_a_test_costs_one_line(
    service: ModuleType, until: Callable[[Callable[[], object]], None]
) -> None:
    """The end of the test says what happened; the next test runs on a new server."""
    with pytest.raises(Misuse) as caught:  # noqa: PT012 - the end of the block raises
        async with service.fresh_database():
            running = place_of(service.NAME).read()
            assert running is not None
            os.kill(running.pid, signal.SIGKILL)
            until(lambda: service.status().state == "down")
    assert "\n" not in str(caught.value)
    assert "started anew" in str(caught.value)
    async with service.fresh_database() as url:
        assert await things(service, url) == 0
    assert list(folder_of(service.NAME, service.server()).iterdir()) == []


async def test_sqlalchemy_understands_the_url() -> None:
    """The URL of a database goes into an engine as it is."""
    async with postgres.fresh_database() as url:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            name = await connection.scalar(text("SELECT current_database()"))
            lower = await connection.scalar(text("SELECT lower('ÄRZTIN')"))
        await engine.dispose()
    assert str(name).startswith("kata_")
    assert lower == "ärztin"


async def test_a_password_is_asked_for(service: ModuleType) -> None:
    """Whoever finds the socket or the port still needs the generated password."""
    async with service.fresh_database() as url:
        wrong = url.replace(url.split(":")[2].split("@")[0], "wrong")
        assert wrong != url
        with pytest.raises(Exception, match=r"(?i)password|auth"):
            await things(service, wrong)
