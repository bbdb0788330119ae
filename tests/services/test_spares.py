from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import asyncpg
import pytest

from docfliq_katas import services
from docfliq_katas.services import leases, postgres

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def state(shared_state: Path) -> Path:
    """Let the tests of this module share a server."""
    return shared_state


async def databases() -> set[str]:
    """Return the names of our databases that the server knows."""
    connection = await asyncpg.connect(postgres.driver_url(postgres.server().url))
    names = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'kata%'")
    await connection.close()
    return {row["datname"] for row in names}


async def test_the_next_run_finds_its_databases_made() -> None:
    """A database that was made ahead is lent as it is, empty, and dropped at its end."""
    postgres.server()
    await postgres.make_ready()
    ready = await databases()
    assert len(ready) >= 2
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(postgres.fresh_database()) for _ in range(2)]
        names = {url.partition("?")[0].rpartition("/")[2] for url in urls}
        assert len(names) == 2
        assert names <= ready
        assert await databases() == ready
        connection = await asyncpg.connect(postgres.driver_url(urls[0]))
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        await connection.close()
    assert await databases() == ready - names
    await postgres.make_ready()
    assert len(await databases()) == len(ready)


async def test_without_spares_a_database_is_made() -> None:
    """When all spare ones are taken, another is made on the spot."""
    postgres.server()
    await postgres.make_ready()
    ready = await databases()
    async with AsyncExitStack() as stack:
        for _ in range(len(ready) + 1):
            await stack.enter_async_context(postgres.fresh_database())
        assert len(await databases()) == len(ready) + 1
    assert await databases() == set()


async def test_a_run_may_leave_the_dropping_to_others() -> None:
    """What a run has used is never lent again: it is dropped by whoever makes ready for the next."""
    async with postgres.fresh_database(tidied=True) as url:
        name = url.partition("?")[0].rpartition("/")[2]
    assert name in await databases()
    await postgres.make_ready()
    assert name not in await databases()


async def test_spares_go_with_their_server() -> None:
    """A server that starts anew has no spare databases, whatever its predecessor had."""
    postgres.server()
    await postgres.make_ready()
    before = leases.spares_of("postgres", postgres.server())
    services.down()
    async with postgres.fresh_database() as url:
        connection = await asyncpg.connect(postgres.driver_url(url))
        await connection.close()
    await postgres.make_ready()
    assert not before.exists()


async def test_nothing_is_made_ready_on_a_server_that_is_down() -> None:
    """Making ready starts no server."""
    services.down()
    await postgres.make_ready()
    assert postgres.status().state == "down"
