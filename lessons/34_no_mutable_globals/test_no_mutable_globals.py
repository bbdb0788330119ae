"""What all requests share lives in a store, and changes there in one step."""

import ast
import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import slice_file
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.postgres_line import PostgresLine
from docfliq_katas.probes.valkey_line import ValkeyLine
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI
from httpx import AsyncClient
from redis.asyncio import Redis

from seed import ANKLES, QRS, seed

SERVICE = "src/shares/service.py"
ONE_NUMBER = "one number, whichever worker is asked"
KEPT = "a number that a new start of the app does not lose"
ONE_STEP = "a share that is added in one step, so that no other can come in between"
NOTHING = {"APP": 0, "WHATSAPP": 0, "TWITTER": 0, "COPY_LINK": 0}
GATE = 20_320  # the number of the lock that a test holds, so that writers wait
QUIET = 5  # looks, one after the other, that find no server at work
TURNS = 100  # turns of the event loop in each look, so that the apps can go on

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""

Worker = AsyncClient
Start = Callable[[], Awaitable[Worker]]
Counts = Callable[..., Awaitable[dict[str, Any]]]
Share = Callable[..., Awaitable[None]]
AtRest = Callable[[asyncio.Task[None]], Awaitable[None]]

_loaded: list[ModuleType] = []  # the slice's modules, of every worker of the test


@pytest.fixture(autouse=True)
def forget_workers() -> Iterator[None]:
    """Let each test know its own workers."""
    yield
    _loaded.clear()


@pytest.fixture
async def start(
    postgres: PostgresDatabase, postgres_line: PostgresLine, valkey_line: ValkeyLine, serve: Serve
) -> AsyncIterator[Start]:
    """Return a function that starts a worker; all of them share both lines."""
    assert postgres_line.url
    assert valkey_line.url
    await seed(postgres)
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(serve(new_app()))


@pytest.fixture
def counts(serve: Serve) -> Counts:
    """Return a function that asks a worker how often a post was shared."""

    async def counts(worker: Worker, post_id: UUID = QRS) -> dict[str, Any]:
        response = await worker.get(f"/api/v1/posts/{post_id}/shares")
        answer: dict[str, Any] = serve.expect(response, 200, wants="the counts of a post").json()
        return answer

    return counts


@pytest.fixture
def share(serve: Serve) -> Share:
    """Return a function that shares a post, by way of a worker."""

    async def share(worker: Worker, platform: str = "WHATSAPP", post_id: UUID = QRS) -> None:
        path = f"/api/v1/posts/{post_id}/shares"
        sent = worker.post(path, json={"platform": platform})
        response = await asyncio.create_task(sent)  # a server has a task for each request, too
        serve.expect(response, 204, wants="a share that is counted")

    return share


@pytest.fixture
def at_rest(
    postgres_line: PostgresLine, valkey_line: ValkeyLine, postgres: PostgresDatabase
) -> AtRest:
    """Return a function that waits until a share is done, or waits for another one."""

    async def at_rest(task: asyncio.Task[None]) -> None:
        quiet = 0
        while not task.done() and quiet < QUIET:
            behind_a_lock = await postgres.fetchval(WAITING)
            quiet += 1
            for _ in range(TURNS):
                await asyncio.sleep(0)
                if valkey_line.under_way or postgres_line.under_way > behind_a_lock:
                    quiet = 0
                    break

    return at_rest


@pytest.mark.guideline("L320")
async def test_every_worker_gives_the_same_number(
    start: Start, share: Share, counts: Counts
) -> None:
    """A share that one worker has counted is known to all of them."""
    workers = [await start(), await start()]
    for worker, platform in zip((0, 0, 0, 1, 1), ("WHATSAPP",) * 4 + ("APP",), strict=True):
        await share(workers[worker], platform)
    told = [await counts(worker) for worker in workers]
    if [answer["total"] for answer in told] != [5, 5]:
        refuse(
            saw=f"3 shares by worker one, 2 by worker two: one says {told[0]['total']},"
            f" two says {told[1]['total']}",
            wants=ONE_NUMBER,
            look_at=keeper(),
        )
    for answer in told:
        expect_equal(
            answer["by_platform"],
            NOTHING | {"WHATSAPP": 4, "APP": 1},
            name="by_platform",
            wants=ONE_NUMBER,
            look_at=SERVICE,
        )


@pytest.mark.guideline("L320")
async def test_a_deploy_forgets_no_share(
    postgres: PostgresDatabase, serve: Serve, valkey: Redis, share: Share, counts: Counts
) -> None:
    """Shares outlive the process that counted them, and whatever Valkey keeps for a while."""
    await seed(postgres)
    async with serve(new_app()) as worker:
        for _ in range(3):
            await share(worker)
    async for key in valkey.scan_iter():
        if await valkey.ttl(key) >= 0:
            await valkey.delete(key)  # its time is over
    async with serve(new_app()) as worker:
        expect_equal(
            (await counts(worker))["total"],
            3,
            name="the total of 3 shares, after a new start,",
            wants=KEPT,
            look_at=keeper(),
        )


@pytest.mark.guideline("L320")
@pytest.mark.parametrize("workers", [1, 2], ids=["one-worker", "two-workers"])
async def test_no_share_is_lost_while_another_waits_for_valkey(
    *,
    workers: int,
    start: Start,
    share: Share,
    counts: Counts,
    valkey_line: ValkeyLine,
    at_rest: AtRest,
    valkey: Redis,
) -> None:
    """Wherever a share is held up on its way to Valkey, one that overtakes it is counted too."""
    one = await start()
    two = await start() if workers > 1 else one
    await share(one)
    for number in count(1):
        before = (await counts(one))["total"]
        with valkey_line.hold_back(number):
            slow = asyncio.create_task(share(one))
            await at_rest(slow)
            held = valkey_line.held
            quick = asyncio.create_task(share(two))
            await at_rest(quick)
        await asyncio.gather(slow, quick)
        expect_counted(
            (await counts(one))["total"] - before,
            f"a share was held up at its {held}, and another came in between"
            if held
            else "one share came after another",
        )
        await expect_credited(valkey, shares=1 + 2 * number)
        if not held:
            return


@pytest.mark.guideline("L320")
@pytest.mark.parametrize(("step", "earlier"), [("INSERT", 0), ("UPDATE", 1)])
async def test_no_share_is_lost_between_reading_and_writing(
    *,
    step: str,
    earlier: int,
    start: Start,
    share: Share,
    counts: Counts,
    postgres: PostgresDatabase,
    at_rest: AtRest,
    valkey: Redis,
) -> None:
    """Two shares that are about to write at the same time are both counted, the first ones too."""
    one, two = await start(), await start()
    for _ in range(earlier):
        await share(one)
    await make_wait(postgres, step)
    async with PostgresDatabase(postgres.url) as other:
        await other.execute(f"SELECT pg_advisory_lock({GATE})")
        tasks = []
        for worker in (one, two):
            tasks.append(asyncio.create_task(share(worker)))
            await at_rest(tasks[-1])
        waited = await postgres.fetchval(WAITING)
        await other.execute(f"SELECT pg_advisory_unlock({GATE})")
    await asyncio.gather(*tasks)
    expect_counted(
        (await counts(one))["total"] - earlier,
        f"two shares were about to {step} at the same time"
        if waited
        else "one worker counted a share, and then the other one did",
    )
    await expect_credited(valkey, shares=earlier + 2)


async def test_each_post_and_each_platform_has_its_own_number(
    start: Start, share: Share, counts: Counts
) -> None:
    """The numbers are those of the post, by platform, with their sum."""
    worker = await start()
    for platform, post_id in (("APP", QRS), ("TWITTER", QRS), ("TWITTER", QRS), ("APP", ANKLES)):
        await share(worker, platform, post_id)
    for post_id, own in ((QRS, {"APP": 1, "TWITTER": 2}), (ANKLES, {"APP": 1})):
        expected = {"total": sum(own.values()), "by_platform": NOTHING | own}
        expect_equal(await counts(worker, post_id), expected, name="counts", wants="its own")


async def test_a_share_raises_the_post_in_the_trending_list(
    start: Start, share: Share, valkey: Redis
) -> None:
    """A share is worth three points in a list that ends after 48 hours."""
    worker = await start()
    for _ in range(2):
        await share(worker)
    points = await valkey.zscore("feed:trending", str(QRS))
    expect_equal(points, 6.0, name="points of 2 shares", wants="3 for each", look_at=SERVICE)
    left = await valkey.ttl("feed:trending")
    if not 0 < left <= 48 * 3600:
        refuse(saw=f"feed:trending has {left} s left", wants="an end within 48 hours")


async def test_what_cannot_be_shared_is_not_counted(
    start: Start, counts: Counts, serve: Serve, valkey: Redis
) -> None:
    """A post that is not there is a 404, an unknown platform a 422, and nothing is counted."""
    worker = await start()
    path = f"/api/v1/posts/{uuid4()}/shares"
    response = await worker.get(path)
    serve.expect(response, 404, wants="no counts of a post that is not there")
    response = await worker.post(path, json={"platform": "APP"})
    serve.expect(response, 404, wants="no share of a post that is not there")
    response = await worker.post(f"/api/v1/posts/{QRS}/shares", json={"platform": "FAX"})
    serve.expect(response, 422, wants="no share by fax")
    expect_equal(await counts(worker), {"total": 0, "by_platform": NOTHING}, wants="no share")
    expect_equal(await valkey.keys(), [], name="keys in Valkey", wants="nothing left behind")


async def make_wait(postgres: PostgresDatabase, step: str) -> None:
    """Let each INSERT, or each UPDATE, of any table wait for the test before it begins."""
    await postgres.execute(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NULL; END $$"
    )
    for table in await postgres.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ):
        await postgres.execute(
            f"CREATE TRIGGER wait BEFORE {step} ON {table['name']} EXECUTE FUNCTION wait()"
        )


def new_app() -> FastAPI:
    """Import the slice anew and make its app, as each worker process does for itself."""
    known = _slice_modules()
    for name in known:
        del sys.modules[name]
    try:
        app: FastAPI = importlib.import_module("src.main").create_app()
    finally:
        _loaded.extend(_slice_modules().values())
        for name in _slice_modules():
            del sys.modules[name]
        sys.modules.update(known)
    return app


def _slice_modules() -> dict[str, Any]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "src"}


def keeper() -> str:
    """Return where a worker keeps something of the post in a global, or else the service."""
    for module in _loaded:
        for holder, body in _namespaces(module):
            for node in body:
                target = node.target if isinstance(node, ast.AnnAssign) else None
                target = node.targets[0] if isinstance(node, ast.Assign) else target
                if isinstance(target, ast.Name) and _knows_the_post(holder.get(target.id)):
                    return f"{slice_file(str(module.__file__))}:{node.lineno} ({target.id})"
    return SERVICE


def _namespaces(module: ModuleType) -> Iterator[tuple[Mapping[str, Any], list[ast.stmt]]]:
    """Yield the names of the module and of its classes, each with the statements that bind them."""
    file = Path(str(module.__file__))
    source = ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else []
    yield vars(module), source
    for node in source:
        if isinstance(node, ast.ClassDef) and node.name in vars(module):
            yield vars(vars(module)[node.name]), node.body


def _knows_the_post(value: object) -> bool:
    if not isinstance(value, dict | set):
        return False
    keys = [key if isinstance(key, tuple) else (key,) for key in value]
    return any(str(part) == str(QRS) for key in keys for part in key)


def expect_counted(counted: int, story: str) -> None:
    """Demand that two shares have been counted."""
    __tracebackhide__ = True
    if counted != 2:
        refuse(saw=f"2 shares, {counted} counted: {story}", wants=ONE_STEP, look_at=keeper())


async def expect_credited(valkey: Redis, shares: int) -> None:
    """Demand that the trending list knows each share once."""
    __tracebackhide__ = True
    points = float(await valkey.zscore("feed:trending", str(QRS)) or 0)
    if points != 3 * shares:
        refuse(
            saw=f"{points:.0f} points in feed:trending for {shares} shares: of two shares that"
            f" meet, {'one is credited twice' if points > 3 * shares else 'one is not credited'}",
            wants="three points for each share, however often something is tried again",
            look_at=SERVICE,
        )
