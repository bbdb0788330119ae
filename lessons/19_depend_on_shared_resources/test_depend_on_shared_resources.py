"""Engine, clients and pools are made once for the app; who needs one is given it."""

import asyncio
import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.postgres_line import PostgresLine
from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.probes.valkey_line import ValkeyLine
from docfliq_katas.probes.verdict import refuse
from docfliq_katas.services import postgres as postgres_service
from docfliq_katas.services import valkey as valkey_service
from fastapi import FastAPI
from httpx import AsyncClient, Response
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from seed import ANKLES, QRS, seed

GONE = uuid4()
COMMENTS = f"/api/v1/posts/{QRS}/comments"
GONE_COMMENTS = f"/api/v1/posts/{GONE}/comments"
TRENDING = "/api/v1/feed/trending"
POINTS = "feed:trending"
FEW, MORE, AT_ONCE = 1, 10, 20
NOWHERE = {
    "DATABASE_URL": "postgresql+asyncpg://nobody:nobody@127.0.0.1:1/docfliq",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
HANG_UP = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name NOT LIKE 'kata%'
"""
LATE_REFUSAL = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE integrity_constraint_violation; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON comments DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.body = 'too late') EXECUTE FUNCTION refuse()
"""
OLDER_COMMENTS = """
INSERT INTO comments (id, post_id, author_id, body, created_at)
SELECT gen_random_uuid(), CASE number WHEN 0 THEN $2::uuid ELSE $1::uuid END,
       gen_random_uuid(), 'Comment ' || number, now() - number * interval '1 minute'
FROM generate_series(0, 51) AS number
"""
TWO_DAYS = 48 * 3600
MADE_ONCE = "one engine and one client for the app, whose open connections the next request uses"

# What the starter leaves open may be told as a warning, in a later test: here the servers judge.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore:The garbage collector:sqlalchemy.exc.SAWarning"),
]


@dataclass(frozen=True)
class Slice:
    """The slice, imported anew: what it keeps for its process, it keeps for one test."""

    create_app: Callable[[], FastAPI]
    get_session: Callable[..., Any]
    get_redis: Callable[..., Any]


@dataclass(frozen=True)
class Stores:
    """Both stores: by the line that the app takes, and by the straight way of the test."""

    postgres: PostgresDatabase
    postgres_line: PostgresLine
    valkey: Redis
    valkey_line: ValkeyLine
    straight: dict[str, str]

    @property
    def opened(self) -> dict[str, int]:
        """How many connections each server has seen opened, over its line."""
        return {"PostgreSQL": self.postgres_line.opened, "Valkey": self.valkey_line.opened}

    async def bodies(self) -> list[str]:
        """Return what the stored comments say."""
        rows = await self.postgres.fetch("SELECT body FROM comments ORDER BY body")
        return [row["body"] for row in rows]


@dataclass(frozen=True)
class Ask:
    """One kind of request, and how it is answered."""

    noun: str
    method: str
    path: str
    status: int

    async def __call__(self, client: AsyncClient, body: str = "Fusion beats.") -> Response:
        """Ask, as somebody who has not asked before."""
        content = {"json": {"body": body}} if self.method == "POST" else {}
        headers = {"X-User-Id": str(uuid4())}
        return await client.request(self.method, self.path, headers=headers, **content)


READ = Ask("lists of comments", "GET", COMMENTS, 200)
WRITE = Ask("comments", "POST", COMMENTS, 201)
TREND = Ask("trending lists", "GET", TRENDING, 200)
READ_GONE = Ask("lists of a post that is gone", "GET", GONE_COMMENTS, 404)
WRITE_GONE = Ask("comments on a post that is gone", "POST", GONE_COMMENTS, 404)
KINDS = [READ, WRITE, TREND, READ_GONE, WRITE_GONE]


@pytest.fixture
def new() -> Iterator[Slice]:
    """Import the slice as a process of its own does."""
    known = {name: sys.modules.pop(name) for name in _slice_modules()}
    try:
        main, database, dependencies = (
            importlib.import_module(f"src.{name}") for name in ("main", "database", "dependencies")
        )
        for module, name in ((database, "get_session"), (dependencies, "get_redis")):
            if not hasattr(module, name):
                refuse(
                    saw=f"{module.__name__} has no {name}", wants="the names that others replace"
                )
        yield Slice(main.create_app, database.get_session, dependencies.get_redis)
    finally:
        for name in _slice_modules():
            del sys.modules[name]
        sys.modules.update(known)


@pytest.fixture
def straight(postgres: PostgresDatabase, valkey: Redis) -> dict[str, str]:
    """Return the addresses of the stores, as they are before a line is laid."""
    return {name: os.environ[name] for name in NOWHERE}


@pytest.fixture
async def stores(
    straight: dict[str, str],
    postgres: PostgresDatabase,
    valkey: Redis,
    postgres_line: PostgresLine,
    valkey_line: ValkeyLine,
) -> Stores:
    """Return both stores, with two posts."""
    await seed(postgres)
    return Stores(postgres, postgres_line, valkey, valkey_line, straight)


@pytest.fixture
async def elsewhere(request: pytest.FixtureRequest) -> AsyncIterator[dict[str, str]]:
    """Return the addresses of two other stores, with the same posts."""
    tidied = request.config.getoption("tidied")
    async with (
        postgres_service.fresh_database(tidied=tidied) as database_url,
        valkey_service.fresh_database() as redis_url,
    ):
        async with PostgresDatabase(database_url) as postgres:
            await seed(postgres)
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """Let Python's collector tidy up nothing that the app leaves behind."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
async def stand_ins(new: Slice, stores: Stores) -> AsyncIterator[dict[Any, Any]]:
    """Return what stands in for the two dependencies of the slice: the way of the test."""
    engine = create_async_engine(
        stores.straight["DATABASE_URL"],
        connect_args={"server_settings": {"application_name": "kata stand-in"}},
    )
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session
            await session.commit()

    async def redis() -> Redis:
        return stores.valkey

    yield {new.get_session: session, new.get_redis: redis}
    await engine.dispose()


@pytest.mark.guideline("L246", "L249")
@pytest.mark.parametrize("ask", KINDS, ids=lambda ask: ask.noun)
async def test_more_requests_open_no_more_connections(
    new: Slice, stores: Stores, serve: Serve, valkey_probe: ValkeyProbe, ask: Ask
) -> None:
    """A request uses connections that are open already, however many came before it."""
    async with serve(new.create_app()) as client:
        opened = [stores.opened]
        with valkey_probe.record() as trips:
            for number in (FEW, MORE):
                for _ in range(number):
                    serve.expect(await ask(client), ask.status, wants=f"the answer to {ask.noun}")
                opened.append(stores.opened)
    before, few, many = opened
    more = {server: many[server] - few[server] for server in many}
    if not any(more.values()):
        return
    saw = [
        f"{FEW + MORE} {ask.noun} opened {many[server] - before[server]} connections to {server}:"
        f" {few[server] - before[server]} for the first, {number} for the next {MORE}"
        for server, number in more.items()
        if number
    ]
    places = [where_defined(new.get_session)] if more["PostgreSQL"] else []
    if more["Valkey"]:
        places += [where_defined(new.get_redis), *(trip.where for trip in trips.handshakes)]
    where = ", ".join(dict.fromkeys(str(place) for place in places if place))
    refuse(saw="\n".join(saw), wants=MADE_ONCE, look_at=where)


@pytest.mark.guideline("L246", "L249")
async def test_a_refusal_leaves_nothing_open(
    new: Slice, stores: Stores, serve: Serve, connection_probe: ConnectionProbe
) -> None:
    """A request that is refused gives back what it took, like one that is answered."""
    async with serve(new.create_app()) as client:
        for _ in range(MORE):
            serve.expect(await READ_GONE(client), 404, wants="404 for a post that is gone")
        left = len(await connection_probe.postgres(stores.postgres.url))
    if left > MORE // 2:
        refuse(
            saw=f"{MORE} {READ_GONE.noun}, one after another, left {left} connections open",
            wants="what a request has taken is given back, also when it ends with an error",
            look_at=str(where_defined(new.get_session)),
        )


@pytest.mark.guideline("L36")
async def test_a_stand_in_is_used_everywhere(
    new: Slice,
    stores: Stores,
    serve: Serve,
    stand_ins: dict[Any, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What stands in for get_session and get_redis is all that an app needs."""
    set_addresses(monkeypatch, NOWHERE)
    app = new.create_app()
    app.dependency_overrides.update(stand_ins)
    async with AsyncExitStack() as at_the_end:
        try:
            client = await at_the_end.enter_async_context(serve(app))
        except Exception as error:  # noqa: BLE001 - whatever keeps it from starting
            refuse(
                saw=f"the app does not start where no store is: {type(error).__name__}",
                wants="an app that asks its stores when a request needs them",
                look_at=str(where_defined(new.create_app)),
            )
        for ask in (WRITE, READ, TREND):
            answer = await ask(client)
            if answer.status_code != ask.status:
                raised = serve.errors[-1:]
                serve.errors.clear()  # one line says it
                refuse(
                    saw=f"{ask.method} {ask.path.replace(str(QRS), '…')}: {answer.status_code},"
                    " though a session and a client that work stand in"
                    + "".join(f"; {type(error.exception).__name__}" for error in raised),
                    wants="no other session and no other client than what the dependencies give",
                    look_at="".join(str(error.where) for error in raised) or None,
                )
    await expect_counted(stores, ["Fusion beats."], "with a stand-in for both stores")


@pytest.mark.guideline("L249")
async def test_comments_at_once_do_not_meet(new: Slice, stores: Stores, serve: Serve) -> None:
    """Requests that run at the same time have a session each."""
    bodies = [f"Comment {number:02}" for number in range(AT_ONCE)]
    async with serve(new.create_app()) as client:
        answers = await asyncio.gather(*(WRITE(client, body) for body in bodies))
    if {answer.status_code for answer in answers} != {201}:
        serve.errors.clear()  # which of them comes last is chance
        refuse(
            saw=f"not all of {AT_ONCE} comments at once are answered 201",
            wants="one session for each request, from an engine that all share",
            look_at=str(where_defined(new.get_session)),
        )
    await expect_counted(stores, bodies, f"after {AT_ONCE} comments at once")


async def test_what_fails_is_not_stored(new: Slice, stores: Stores, serve: Serve) -> None:
    """A comment without its points, or without its COMMIT, is a 500; the next one is stored."""
    await stores.postgres.execute(LATE_REFUSAL)
    async with serve(new.create_app()) as client:
        await stores.valkey.set(POINTS, "no list")
        wants = "500 for a comment without its points"
        serve.expect(await WRITE(client, "lost"), 500, wants=wants)
        await stores.valkey.delete(POINTS)
        wants = "the transaction is over before the answer, and 500 where it fails"
        serve.expect(await WRITE(client, "too late"), 500, wants=wants)
        await stores.valkey.delete(POINTS)
        serve.expect(await WRITE(client, "kept"), 201, wants="a comment, after one that failed")
    await expect_counted(stores, ["kept"], "after two comments that failed")


async def test_a_lost_connection_costs_no_request(new: Slice, stores: Stores, serve: Serve) -> None:
    """When PostgreSQL has closed the connections, the next request is answered."""
    async with serve(new.create_app()) as client:
        serve.expect(await READ(client), 200, wants="a list")
        await stores.postgres.fetch(HANG_UP)
        serve.errors.clear()
        answer = await READ(client)
    if answer.status_code != 200:
        serve.errors.clear()
        refuse(
            saw=f"PostgreSQL closed the connections, and the next list is {answer.status_code}",
            wants="a pool that looks whether a connection still lives before it hands it out",
            look_at=str(where_defined(new.get_session)),
        )


async def test_lists_are_as_before(new: Slice, stores: Stores, serve: Serve) -> None:
    """A post shows its latest 50 comments; the trending list has ten posts, for two days."""
    await stores.postgres.execute(OLDER_COMMENTS, QRS, ANKLES)
    posts = [str(uuid4()) for _ in range(11)]
    await stores.valkey.zadd(POINTS, {post: number for number, post in enumerate(posts, 1)})
    async with serve(new.create_app()) as client:
        comments = serve.expect(await READ(client), 200, wants="a list").json()["items"]
        trending = serve.expect(await TREND(client), 200, wants="a list").json()["items"]
        left = []
        for seconds in (TWO_DAYS, 100):
            serve.expect(await WRITE(client), 201, wants="a comment")
            left.append(await stores.valkey.ttl(POINTS))
            if not seconds - 60 < left[-1] <= seconds:
                refuse(saw=f"{POINTS} ends in {left[-1]} s", wants=f"{seconds} s, as before")
            await stores.valkey.expire(POINTS, 100)
    latest = [f"Comment {number}" for number in range(1, 51)]
    expect_equal([one["body"] for one in comments], latest, name="comments", wants="the latest")
    most = [{"post_id": post, "points": number} for number, post in enumerate(posts, 1)]
    expect_equal(trending, most[:0:-1], name="trending", wants="the ten with most points")


@pytest.mark.guideline("L246")
async def test_after_the_end_nothing_is_open(
    new: Slice, stores: Stores, serve: Serve, connection_probe: ConnectionProbe
) -> None:
    """When the app has ended, it has closed what it opened; and it can start again."""
    app = new.create_app()
    for _ in range(2):
        async with serve(app) as client:
            for ask in (WRITE, READ, TREND):
                serve.expect(await ask(client), ask.status, wants=f"the answer to {ask.noun}")
        await connection_probe.assert_none_left(
            postgres=stores.postgres.url,
            valkey=stores.valkey,
            wants="every connection closed when the app has ended",
            look_at=str(where_defined(new.create_app)),
        )


@pytest.mark.guideline("L249")
async def test_two_apps_have_nothing_in_common(
    new: Slice,
    stores: Stores,
    elsewhere: dict[str, str],
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two apps in one process, each has its own stores, and ends by itself."""
    here = {name: os.environ[name] for name in NOWHERE}
    async with serve(new.create_app()) as first:
        await expect_own(first, serve, [], add="of the first")
        with monkeypatch.context() as patch:
            set_addresses(patch, elsewhere)
            async with serve(new.create_app()) as second:
                await expect_own(second, serve, [], add="of the second")
                set_addresses(patch, here)
                await expect_own(first, serve, ["of the first"], add="again")
                set_addresses(patch, elsewhere)
                await expect_own(second, serve, ["of the second"], add="again")
        await expect_own(first, serve, ["again", "of the first"], add="at the end")


def set_addresses(patch: pytest.MonkeyPatch, addresses: dict[str, str]) -> None:
    """Say in the environment where both stores are."""
    for name, address in addresses.items():
        patch.setenv(name, address)


async def expect_own(client: AsyncClient, serve: Serve, bodies: list[str], *, add: str) -> None:
    """Demand that an app shows these comments, and their points; then add one."""
    __tracebackhide__ = True
    wants = "stores that belong to an app, not to the process"
    comments = serve.expect(await READ(client), 200, wants=wants).json()["items"]
    seen = {"comments": [comment["body"] for comment in comments]}
    points = serve.expect(await TREND(client), 200, wants=wants).json()["items"]
    seen["trending"] = [post["points"] for post in points]
    expected = {"comments": bodies, "trending": [2 * len(bodies)] if bodies else []}
    expect_equal(seen, expected, name="shown", wants=wants)
    serve.expect(await WRITE(client, add), 201, wants=wants)


async def expect_counted(stores: Stores, bodies: list[str], when: str) -> None:
    """Demand that these comments are stored, and that each has brought two points."""
    __tracebackhide__ = True
    stored = await stores.bodies()
    expect_equal(stored, bodies, name=f"the stored comments, {when},", wants="what was answered")
    points = await stores.valkey.zscore(POINTS, str(QRS))
    expected = float(2 * len(bodies))
    expect_equal(points, expected, name=f"the points, {when},", wants="two for each comment")


def _slice_modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "src"]
