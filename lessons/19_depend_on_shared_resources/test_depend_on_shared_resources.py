"""Engine, clients and pools are made once for the app; who needs one is given it."""

import asyncio
import gc
import importlib
import inspect
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import uuid4

import pytest
from anyio.to_thread import current_default_thread_limiter
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.frames import Where, slice_frame_of, where_defined
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
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from seed import ANKLES, QRS, seed

GONE = uuid4()
COMMENTS = f"/api/v1/posts/{QRS}/comments"
GONE_COMMENTS = f"/api/v1/posts/{GONE}/comments"
TRENDING = "/api/v1/feed/trending"
POINTS = "feed:trending"
FEW, MORE, AT_ONCE = 1, 10, 20
QUIET = 20  # looks, one after the other, that find nobody at work
PAUSE = 0.01  # seconds between two looks, to leave the processor to others
TURNS = 100  # turns of the event loop in each look, so that the app can go on
NOWHERE = {
    "DATABASE_URL": "postgresql+asyncpg://nobody:nobody@127.0.0.1:1/docfliq",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
HANG_UP = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name NOT LIKE 'kata%'
"""
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
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
MADE_ONCE = (
    "one engine and one client for the app; a request gives back what it took, however it ends,"
    " and the next one uses it"
)
ITS_OWN = "one session for each request, from an engine that all share"

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
    lifespan: Where | None


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

    @asynccontextmanager
    async def no_comment_gets_in(self) -> AsyncIterator[None]:
        """Let whoever writes a comment wait in PostgreSQL until the block ends; all may read."""
        async with PostgresDatabase(self.postgres.url) as other:
            await other.execute("BEGIN")
            await other.execute("LOCK TABLE comments IN SHARE MODE")
            yield

    async def at_rest(self, task: asyncio.Task[Response]) -> None:
        """Wait until a request is done, or waits for another one."""
        threads = current_default_thread_limiter()  # where FastAPI runs a plain def
        quiet = 0
        while not task.done() and quiet < QUIET:
            behind_a_lock = await self.postgres.fetchval(WAITING)
            quiet += 1
            for _ in range(TURNS):
                await asyncio.sleep(0)
                if self.postgres_line.under_way > behind_a_lock or threads.borrowed_tokens:
                    quiet = 0
                    break
            await asyncio.to_thread(time.sleep, PAUSE)


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
WRITE_FOR_NOTHING = Ask("comments that bring no points", "POST", COMMENTS, 500)
KINDS = [READ, WRITE, TREND, READ_GONE, WRITE_GONE, WRITE_FOR_NOTHING]


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
        create_app = main.create_app
        lifespan = where_defined(inspect.unwrap(getattr(main, "lifespan", create_app)))
        yield Slice(create_app, database.get_session, dependencies.get_redis, lifespan)
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
        if ask is WRITE_FOR_NOTHING:
            await stores.valkey.set(POINTS, "no list")
        opened = [stores.opened]
        with valkey_probe.record() as trips:
            for number in (FEW, MORE):
                for _ in range(number):
                    answer = await ask(client)
                    serve.expect(answer, ask.status, wants=f"{ask.status} for {ask.noun}")
                opened.append(stores.opened)
    if ask is WRITE_FOR_NOTHING:
        serve.errors.clear()  # the test wanted them
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
                look_at=str(slice_frame_of(error) or new.lifespan),
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
        refuse_meeting(new, serve, saw=f"not all of {AT_ONCE} comments at once are answered 201")
    await expect_counted(stores, bodies, f"after {AT_ONCE} comments at once")


@pytest.mark.guideline("L249")
async def test_a_request_waits_for_no_other(new: Slice, stores: Stores, serve: Serve) -> None:
    """While a comment waits for a lock of the database, somebody else reads."""
    async with serve(new.create_app()) as client:
        async with stores.no_comment_gets_in():
            writing = asyncio.create_task(WRITE(client))
            while not (writing.done() or await stores.postgres.fetchval(WAITING)):  # noqa: ASYNC110
                await asyncio.sleep(0)
            reading = asyncio.create_task(READ(client))
            await stores.at_rest(reading)
            waits = not reading.done()
        wrote, read = await writing, await reading
    if waits:
        serve.errors.clear()  # what they did when the lock was gone is chance
        refuse(
            saw="a comment waits for a lock of PostgreSQL, and a list of comments, which needs no"
            " lock, waits for that comment",
            wants=ITS_OWN,
            look_at=str(where_defined(new.get_session)),
        )
    if (wrote.status_code, read.status_code) != (201, 200):
        both = f"{wrote.status_code} and {read.status_code}"
        refuse_meeting(new, serve, saw=f"a comment, and a list meanwhile, are answered {both}")
    expect_equal(read.json()["items"], [], name="comments", wants="what is committed")
    await expect_counted(stores, ["Fusion beats."], "after a comment that had to wait")


async def test_what_fails_is_not_stored(new: Slice, stores: Stores, serve: Serve) -> None:
    """A comment without its points, or without its COMMIT, is a 500; the next one is stored."""
    await stores.postgres.execute(LATE_REFUSAL)
    async with serve(new.create_app()) as client:
        await stores.valkey.set(POINTS, "no list")
        wants = "500 for a comment without its points"
        serve.expect(await WRITE(client, "lost"), 500, wants=wants)
        serve.errors.clear()  # the test wanted it
        await stores.valkey.delete(POINTS)
        wants = "the transaction is over before the answer, and 500 where it fails"
        serve.expect(await WRITE(client, "too late"), 500, wants=wants)
        serve.errors.clear()
        await stores.valkey.delete(POINTS)
        serve.expect(await WRITE(client, "kept"), 201, wants="a comment, after one that failed")
    where = str(where_defined(new.get_session))
    await expect_counted(stores, ["kept"], "after two comments that failed", look_at=where)


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
            look_at=str(new.lifespan),
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
    places = f"{where_defined(new.get_session)}, {where_defined(new.get_redis)}"

    async def expect_own(client: AsyncClient, bodies: list[str]) -> None:
        """Demand that an app shows these comments, and their points."""
        wants = "stores that belong to an app, not to the process"
        comments = serve.expect(await READ(client), 200, wants=wants).json()["items"]
        seen = {"comments": [comment["body"] for comment in comments]}
        points = serve.expect(await TREND(client), 200, wants=wants).json()["items"]
        seen["trending"] = [post["points"] for post in points]
        expected = {"comments": bodies, "trending": [2 * len(bodies)] if bodies else []}
        expect_equal(seen, expected, name="shown", wants=wants, look_at=places)

    async def add(client: AsyncClient, body: str) -> None:
        serve.expect(await WRITE(client, body), 201, wants="a comment")

    async with serve(new.create_app()) as first:
        await expect_own(first, [])
        await add(first, "of the first")
        with monkeypatch.context() as patch:
            set_addresses(patch, elsewhere)
            async with serve(new.create_app()) as second:
                await expect_own(second, [])
                await add(second, "of the second")
                await expect_own(first, ["of the first"])
                set_addresses(patch, here)
                await expect_own(second, ["of the second"])
                await add(first, "again")
        await expect_own(first, ["again", "of the first"])


def set_addresses(patch: pytest.MonkeyPatch, addresses: dict[str, str]) -> None:
    """Say in the environment where both stores are."""
    for name, address in addresses.items():
        patch.setenv(name, address)


def refuse_meeting(new: Slice, serve: Serve, *, saw: str) -> NoReturn:
    """Tell why requests at once are not answered: their sessions, or something else."""
    __tracebackhide__ = True
    raised = list(serve.errors)
    serve.errors.clear()  # which of them comes last is chance
    if not raised or any(isinstance(one.exception, SQLAlchemyError) for one in raised):
        refuse(saw=saw, wants=ITS_OWN, look_at=str(where_defined(new.get_session)))
    places = dict.fromkeys(str(one.where) for one in raised if one.where)
    refuse(
        saw="\n".join([saw, *sorted(set(map(str, raised)))]),
        wants="the answer that each of them gets alone",
        look_at=", ".join([*places, str(where_defined(new.get_redis))]),
    )


async def expect_counted(
    stores: Stores, bodies: list[str], when: str, *, look_at: str | None = None
) -> None:
    """Demand that these comments are stored, and that each has brought two points."""
    __tracebackhide__ = True
    stored = await stores.bodies()
    name, wants = f"the stored comments, {when},", "what was answered"
    expect_equal(stored, bodies, name=name, wants=wants, look_at=look_at)
    points = await stores.valkey.zscore(POINTS, str(QRS))
    expected = float(2 * len(bodies))
    expect_equal(points, expected, name=f"the points, {when},", wants="two for each comment")


def _slice_modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "src"]
