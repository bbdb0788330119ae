"""What the app opens, it opens in lifespan, and closes there again."""

import warnings
from collections.abc import Awaitable, Callable
from inspect import getclosurevars, isfunction, unwrap
from typing import Any

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import Connection, ConnectionProbe
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI
from httpx import AsyncClient
from pymongo.asynchronous.database import AsyncDatabase
from redis.asyncio import Redis

from src.main import create_app

READY = "/health/ready"
SERVERS = ("PostgreSQL", "MongoDB", "Valkey")
NOBODY = {
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "MONGODB_URL": "mongodb://127.0.0.1:1/docfliq?serverSelectionTimeoutMS=50",
    "DATABASE_URL": "postgresql+asyncpg://nobody:nobody@127.0.0.1:1/docfliq",
}
HERE = str(where_defined(create_app))
ENDED = "every connection closed when the app has ended"

Connections = Callable[[], Awaitable[list[Connection]]]
AllClosed = Callable[[str], Awaitable[None]]

# The starter uses the old hook; one test is about that, and the others look further.
# What is left open may also be told as a warning, in a later test: here the servers judge.
LEFT_OPEN = "Exception ignored in. <finalize object:pytest.PytestUnraisableExceptionWarning"
pytestmark = [
    pytest.mark.filterwarnings(r"ignore:\s*on_event:DeprecationWarning"),
    pytest.mark.filterwarnings(f"ignore:{LEFT_OPEN}"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def connections(
    postgres: PostgresDatabase,
    mongodb: AsyncDatabase[dict[str, Any]],
    valkey: Redis,
    connection_probe: ConnectionProbe,
) -> Connections:
    """Return a function that asks each server for the connections of this process."""

    async def connections() -> list[Connection]:
        return [
            *await connection_probe.postgres(postgres.url),
            *await connection_probe.mongodb(mongodb),
            *await connection_probe.valkey(valkey),
        ]

    return connections


@pytest.fixture
async def all_closed(
    connections: Connections,
    postgres: PostgresDatabase,
    mongodb: AsyncDatabase[dict[str, Any]],
    valkey: Redis,
    connection_probe: ConnectionProbe,
) -> AllClosed:
    """Return a function that demands that no server holds a connection of this test's apps."""
    before = await connections()

    async def all_closed(wants: str) -> None:
        await connection_probe.assert_none_left(
            postgres=postgres.url,
            mongodb=mongodb,
            valkey=valkey,
            apart_from=before,
            wants=wants,
            look_at=lifespan(),
        )

    return all_closed


@pytest.mark.guideline("L52")
async def test_after_the_end_no_server_holds_a_connection(
    all_closed: AllClosed, serve: Serve
) -> None:
    """When the app has ended, each of the three servers has forgotten it."""
    async with serve(create_app()) as client:
        await ready(client, serve)
    await all_closed(ENDED)


@pytest.mark.guideline("L51", "L52")
async def test_a_start_that_fails_leaves_nothing_open(
    all_closed: AllClosed, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    """When one server cannot be reached, the app does not start, and closes what it had opened."""
    kept: list[object] = []  # or the collector would close something now and then
    for missing, nowhere in NOBODY.items():
        with monkeypatch.context() as patch:
            patch.setenv(missing, nowhere)
            app = create_app()
            started = await starts(app, serve, kept)
        if started:
            refuse(
                saw=f"the app started, though nobody listens at {missing}",
                wants="a start that fails when a store cannot be reached",
                look_at=lifespan(),
            )
        await all_closed(f"every connection closed when the start has failed at {missing}")


@pytest.mark.guideline("L49", "L50", "L322")
def test_the_old_hooks_are_gone() -> None:
    """Nothing is registered in a way that FastAPI calls deprecated, and skips beside a lifespan."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        create_app()
    told = [str(one.message) for one in caught if issubclass(one.category, DeprecationWarning)]
    if told:
        refuse(
            saw=" ".join(told[0].split(".")[0].split()),
            wants="startup and shutdown in lifespan alone",
            look_at=HERE,
        )


@pytest.mark.guideline("L51")
async def test_the_start_opens_what_requests_share(connections: Connections, serve: Serve) -> None:
    """The first request meets open connections to every store, and twenty open no more."""
    before = set(await ids(connections))
    async with serve(create_app()) as client:
        servers = {server for server, _ in set(await ids(connections)) - before}
        missing = [server for server in SERVERS if server not in servers]
        if missing:
            refuse(
                saw=f"after the start there is no connection to {', '.join(missing)}",
                wants="a start that opens every store, and asks it",
                look_at=lifespan(),
            )
        await ready(client, serve)
        first = await ids(connections)
        for _ in range(20):
            await ready(client, serve)
        opened = [server for server, id_ in await ids(connections) if (server, id_) not in first]
    if opened:
        refuse(
            saw=f"twenty requests opened {len(opened)} more connections, the first to {opened[0]}",
            wants="requests that use what the start has opened",
            look_at="src/health/router.py (ready)",
        )


@pytest.mark.guideline("L52")
@pytest.mark.usefixtures("postgres", "mongodb", "valkey")
async def test_two_apps_end_by_themselves(serve: Serve) -> None:
    """When one app ends, the other goes on; and the same app can start again."""
    app, other = create_app(), create_app()
    async with serve(other) as client:
        for _ in range(2):
            async with serve(app) as first:
                await ready(first, serve)
            await ready(client, serve)


async def ids(connections: Connections) -> list[tuple[str, str]]:
    """Return what each server calls the connections it has: one that is new has a new name."""
    return [(one.server, one.id) for one in await connections()]


async def starts(app: FastAPI, serve: Serve, kept: list[object]) -> bool:
    """Return whether the app starts; keep it, and what it raised."""
    kept.append(app)
    try:
        async with serve(app):
            return True
    except Exception as error:  # noqa: BLE001 - each way of failing is as good
        kept.append(error)
        return False


async def ready(client: AsyncClient, serve: Serve) -> None:
    """Demand that the app reaches all its stores."""
    __tracebackhide__ = True
    answer = serve.expect(await client.get(READY), 200, wants="an app that reaches its stores")
    expected = {"postgres": "ok", "mongodb": "ok", "valkey": "ok"}
    expect_equal(answer.json(), expected, wants="all three stores")


def lifespan() -> str:
    """Name the lifespan of the app; of an app that has none, its factory."""
    contexts: list[object] = [create_app().router.lifespan_context]
    for context in contexts:  # FastAPI wraps that of the app, once for each router that is included
        function = unwrap(context) if isfunction(context) else context
        if where := where_defined(function):
            return str(where)
        if isfunction(function):
            contexts += reversed(getclosurevars(function).nonlocals.values())
    return HERE
