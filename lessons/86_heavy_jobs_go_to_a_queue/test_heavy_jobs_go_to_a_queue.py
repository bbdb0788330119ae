"""A heavy job goes to a queue once its row is committed, is tried again, and counts once."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.probes.verdict import refuse
from forks import taskiq_worker, uvicorn_server
from images import GARBLED, REFUSED, SIZES, WEB, WORKER, ImageService, rendition_key
from jobs import Deliver, ended, fresh, once, together, until_idle, worker
from redis.asyncio import Redis

from seed import ANOTHER, ASHA, OBJECT_KEY, UPLOAD, seed

CONFIRM = f"/api/v1/media/uploads/{UPLOAD}/confirm"
CONFIRM_ANOTHER = f"/api/v1/media/uploads/{ANOTHER}/confirm"
READ = f"/api/v1/media/{UPLOAD}"
NOBODY = "00000000-0000-4000-8000-000000000404"
BYTES = sum(SIZES.values())
HOUR = 3_600_000  # milliseconds
RENDITIONS = [rendition_key(OBJECT_KEY, width) for width in SIZES]
GUARD = 20.0  # seconds; only against hanging
NAMES = (str(UPLOAD), UPLOAD.hex)  # of the upload, as a message may have them
ALL_DAY = 10_000  # failures
ACCEPTED = 202

ELSEWHERE = "a web process that only hands the job over, and a worker that does it"
ROUTER, TASKS, SERVICE = (f"src/media/{name}.py" for name in ("router", "tasks", "service"))
BROKER = "src/worker.py"
IN_THE_END = "a job that gets done, though the web process is gone"
ONCE_MORE = "a job that is tried once more when it fails"
COUNTS_ONCE = "a job that counts once, however often the queue delivers it"

Done = Callable[..., Awaitable[bool]]
Confirm = Callable[..., Awaitable[list[httpx.Response]]]
Work = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def images() -> AsyncIterator[ImageService]:
    async with ImageService() as images:
        yield images


@pytest.fixture(autouse=True)
async def stores(
    postgres: PostgresDatabase, valkey: Redis, images: ImageService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fill the database, and let the web process find the image service."""
    await seed(postgres)
    monkeypatch.setenv("IMAGES_URL", images.url_for(WEB))
    # httpx would read a hundred certificates for each client; none is needed here.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", os.devnull)


@pytest.fixture
def confirm(serve: Serve) -> Confirm:
    """Return a function: the web process starts, the upload is confirmed, and it ends."""

    async def confirm(
        path: str = CONFIRM, times: int = 1, first: Callable[[], Awaitable[object]] | None = None
    ) -> list[httpx.Response]:
        async with serve(fresh("src.main").create_app()) as client:
            if first:
                await first()
            before = asyncio.all_tasks()
            responses = [await client.post(path) for _ in range(times)]
            await ended(asyncio.all_tasks() - before)
        return responses

    return confirm


@pytest.fixture
def done(postgres: PostgresDatabase) -> Done:
    """Return a function that tells whether so many uploads are done with, well or badly."""

    async def done(uploads: int = 1) -> bool:
        ended = "SELECT count(*) >= $1 FROM media_assets WHERE status IN ('completed', 'failed')"
        answer: bool = await postgres.fetchval(ended, uploads)
        return answer

    return done


@pytest.fixture
def work(
    done: Done,
    postgres: PostgresDatabase,
    valkey: Redis,
    images: ImageService,
    monkeypatch: pytest.MonkeyPatch,
) -> Work:
    """Return a function: a worker starts, does what there is to do, and ends; the upload then."""

    async def work(deliver: Deliver = once, uploads: int = 1) -> dict[str, Any]:
        monkeypatch.setenv("IMAGES_URL", images.url_for(WORKER))
        async with worker(deliver) as listening:
            await until_idle(valkey, listening.done, partial(done, uploads))
        monkeypatch.setenv("IMAGES_URL", images.url_for(WEB))
        return await upload(postgres)

    return work


@pytest.mark.guideline("L277")
async def test_the_job_outlives_the_web_process(
    postgres: PostgresDatabase,
    valkey: Redis,
    images: ImageService,
    done: Done,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the web process is killed in the middle of the job, the job is done all the same."""
    images.hold()
    with uvicorn_server() as (web, url):
        monkeypatch.setenv("IMAGES_URL", images.url_for(WORKER))
        async with worker() as listening, httpx.AsyncClient(base_url=url, timeout=GUARD) as client:
            try:
                expect_accepted(await client.post(CONFIRM))
            except httpx.TransportError:
                refuse(saw="the web process ended without an answer", wants="one that starts")

            async def begun() -> bool:
                return bool(images.calls) or await done()

            await until_idle(valkey, listening.done, begun, alone=False)
            web.kill()
            if images.made_by(WEB):
                refuse(
                    saw="the web process asked for the renditions, and was killed in the middle:\n"
                    f"the upload stays {(await upload(postgres))['status']!r}",
                    wants=IN_THE_END,
                    look_at=ROUTER,
                )
            images.release()
            await until_idle(valkey, listening.done, done)
    expect_completed(
        await upload(postgres),
        after="the web process was killed while the worker made the renditions",
        wants=IN_THE_END,
        look_at=TASKS,
    )
    expect_runs(images, 1, wants="one run of the job, by the worker")


@pytest.mark.guideline("L277")
async def test_the_job_outlives_its_worker(
    *,
    confirm: Confirm,
    work: Work,
    done: Done,
    postgres: PostgresDatabase,
    valkey: Redis,
    images: ImageService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When a worker is killed in the middle of a job, another does it, within the hour."""
    expect_accepted(*await confirm())
    images.hold()
    monkeypatch.setenv("IMAGES_URL", images.url_for(WORKER))
    with taskiq_worker() as first:

        async def begun() -> bool:
            return bool(images.calls) or await done()

        await until_idle(valkey, lambda: first.ended, begun, alone=False)
        first.kill()
    images.release()
    await an_hour_passes(postgres, valkey)
    expect_accepted(*await confirm(CONFIRM_ANOTHER))
    expect_completed(
        await work(uploads=2),
        after="the worker was killed in the middle of the job; "
        "an hour later there was another one, and a new upload",
        wants="a message that stays in the queue until its job is done",
        look_at=BROKER,
        bytes_of_others=BYTES,
    )


@pytest.mark.guideline("L277")
async def test_the_job_waits_for_a_worker(
    confirm: Confirm, work: Work, images: ImageService
) -> None:
    """The web process makes no rendition; the job waits for a worker, and is done then."""
    expect_accepted(*await confirm())
    found = await work()
    if images.made_by(WEB):
        refuse(
            saw="the web process made the renditions itself",
            wants=ELSEWHERE,
            look_at=ROUTER,
        )
    expect_completed(
        found,
        after="the upload was confirmed, and the first worker ever came later",
        wants="a job that waits in the queue until a worker comes",
        look_at=ROUTER,
    )
    expect_runs(images, 1, wants="one run, where nothing fails")


@pytest.mark.guideline("L277")
async def test_a_confirmation_that_fails_sends_no_job(
    confirm: Confirm, postgres: PostgresDatabase, valkey_probe: ValkeyProbe, serve: Serve
) -> None:
    """When the commit fails there is no job, because none is sent before it."""
    await postgres.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no commit today'; END $$"
    )
    await postgres.execute(
        "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON media_assets"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    with valkey_probe.record() as trips:
        (response,) = await confirm()
    serve.errors.clear()  # the failure was the test's doing
    early = [trip for trip in trips if any(name in str(trip.commands) for name in NAMES)]
    if early:
        refuse(
            saw=f"{early[0].commands[0][0]} sent the job, and then the commit failed: "
            "a worker would have looked at a row that says 'pending'",
            wants="a job that is sent when the row is committed, not before",
            look_at=str(early[0].where or ROUTER),
        )
    expect_equal(response.status_code, 500, name="the status", wants="no 202 without a commit")
    expect_equal((await upload(postgres))["status"], "pending", wants="an upload as before")


@pytest.mark.guideline("L277")
async def test_no_promise_without_a_job(
    confirm: Confirm, work: Work, serve: Serve, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While Valkey takes no job the upload is not accepted, or its job comes all the same."""
    async with valkey_user(valkey) as (url, forbid_writes):
        with monkeypatch.context() as patch:
            patch.setenv("REDIS_URL", url)
            (response,) = await confirm(first=forbid_writes)
    serve.errors.clear()  # the failure was the test's doing
    after = f"Valkey refused the job, the answer was {response.status_code}"
    if response.status_code != ACCEPTED:
        expect_accepted(*await confirm())
        after += ", and the upload was confirmed again"
    expect_completed(
        await work(),
        after=after,
        wants="202 only for a job that is sent, or sure to be sent later",
        look_at=ROUTER,
    )


@pytest.mark.guideline("L277")
async def test_an_upload_that_was_left_behind_is_taken_up(
    confirm: Confirm, work: Work, postgres: PostgresDatabase
) -> None:
    """An upload that says "processing" and has no job is done once it is confirmed again."""
    await postgres.execute("UPDATE media_assets SET status = 'processing' WHERE id = $1", UPLOAD)
    expect_accepted(*await confirm())
    expect_completed(
        await work(),
        after="an upload said 'processing', had no job, and was confirmed again",
        wants="a job for each confirmation of what is not completed",
        look_at=ROUTER,
    )


@pytest.mark.guideline("L277")
async def test_a_job_that_fails_is_tried_once_more(
    confirm: Confirm, work: Work, images: ImageService
) -> None:
    """When the image service refuses one call, the second try completes the upload."""
    images.fail(1200, times=1)
    expect_accepted(*await confirm())
    expect_completed(
        await work(),
        after="the image service refused one call",
        wants=ONCE_MORE,
        look_at=TASKS,
    )


@pytest.mark.guideline("L277")
@pytest.mark.parametrize("failure", [REFUSED, GARBLED], ids=["refused", "garbled"])
async def test_a_job_that_fails_twice_is_given_up(
    failure: tuple[str, bytes], confirm: Confirm, work: Work, images: ImageService
) -> None:
    """After a second failure the upload says so, and can be confirmed again later."""
    images.fail(150, ALL_DAY, failure)
    expect_accepted(*await confirm())
    found = await work()
    expect_runs(images, 2, wants="two runs of a job that fails, and no more")
    if found["status"] != "failed":
        refuse(
            saw=f"the image service answered {failure[0]} with {failure[1].decode()}, twice;\n"
            f"then the upload was {found['status']!r} instead of 'failed'",
            wants="the truth about the upload, whatever made the job fail",
            look_at=TASKS,
        )
    if not found["error"]:
        refuse(saw="an upload that failed without an error", wants="the reason in the row")
    images.fail(150, times=0)
    expect_accepted(*await confirm())
    expect_completed(
        await work(),
        after="the job had failed twice, and was confirmed again",
        wants="a job that can be started again",
        look_at=SERVICE,
    )


@pytest.mark.guideline("L277")
@pytest.mark.parametrize("late", [False, True], ids=["and-works", "and-fails"])
async def test_a_job_delivered_again_counts_once(
    *, late: bool, confirm: Confirm, work: Work, images: ImageService
) -> None:
    """A queue may deliver a message again: the renditions are counted once, and stay."""

    async def deliver(run: Callable[[], Awaitable[None]]) -> None:
        await run()
        images.fail(150, times=ALL_DAY if late else 0)
        await run()

    expect_accepted(*await confirm())
    expect_completed(
        await work(deliver),
        after="the queue delivered the job again when it was done"
        + (", and the image service was down" * late),
        wants=COUNTS_ONCE,
        look_at=SERVICE,
    )


@pytest.mark.guideline("L277")
async def test_a_job_that_runs_twice_at_once_counts_once(
    confirm: Confirm, work: Work, images: ImageService, postgres: PostgresDatabase
) -> None:
    """Two runs of a job that overlap from beginning to end count once."""

    async def deliver(run: Callable[[], Awaitable[None]]) -> None:
        images.hold()
        async with held_writes(postgres.url) as waiting:
            runs = [asyncio.ensure_future(run()) for _ in range(2)]

            async def both_have_begun() -> bool:
                return len(images.calls) == len(runs)

            async def both_would_write() -> bool:
                return await waiting() == len(runs)

            await together(runs, both_have_begun)
            images.release()
            await together(runs, both_would_write)
        await asyncio.gather(*runs)

    expect_accepted(*await confirm())
    expect_completed(
        await work(deliver),
        after="the job ran twice, and neither run was done before the other",
        wants=COUNTS_ONCE,
        look_at=SERVICE,
    )


async def test_an_impatient_user_is_served_once(
    confirm: Confirm, work: Work, images: ImageService, serve: Serve
) -> None:
    """An upload may be confirmed again and again, before it is done and after that."""
    expect_accepted(*await confirm(times=2))
    expect_completed(
        await work(),
        after="the upload was confirmed twice",
        wants=COUNTS_ONCE,
        look_at=SERVICE,
    )
    runs = images.attempts()
    async with serve(fresh("src.main").create_app()) as client:
        (response,) = expect_accepted(await client.post(CONFIRM))
        read = serve.expect(await client.get(READ), 200, wants="the upload")
    as_it_is = {"id": str(UPLOAD), "status": "completed", "renditions": RENDITIONS, "error": None}
    for answer in (response, read):
        expect_equal(answer.json(), as_it_is, wants="the upload as it is")
    expect_completed(
        await work(),
        after="the upload was confirmed once more when it was completed",
        wants=COUNTS_ONCE,
        look_at=SERVICE,
    )
    expect_runs(images, runs, wants="no run for what is done")


async def test_an_unknown_upload_is_not_found(serve: Serve) -> None:
    """Who confirms or reads an upload that does not exist is told so."""
    async with serve(fresh("src.main").create_app()) as client:
        for response in (
            await client.post(CONFIRM.replace(str(UPLOAD), NOBODY)),
            await client.get(READ.replace(str(UPLOAD), NOBODY)),
        ):
            serve.expect(response, 404, wants="404 for an unknown upload")


@asynccontextmanager
async def held_writes(url: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Hold every UPDATE of an upload back within the block; give a count of who waits for one."""
    async with PostgresDatabase(url) as holder:
        await holder.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(86); RETURN NEW; END $$;"
            " CREATE TRIGGER hold BEFORE UPDATE ON media_assets"
            " FOR EACH ROW EXECUTE FUNCTION hold();"
            " SELECT pg_advisory_lock(86)"
        )

        async def waiting() -> int:
            count: int = await holder.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return count

        yield waiting  # the end of the connection is the end of the lock


@asynccontextmanager
async def valkey_user(
    valkey: Redis,
) -> AsyncIterator[tuple[str, Callable[[], Awaitable[object]]]]:
    """Give the address for a user of the server's, and a function that forbids it all writes."""
    address = urlsplit(os.environ["REDIS_URL"])
    server = address.netloc.rpartition("@")[2]
    name = f"kata-86-{valkey.connection_pool.connection_kwargs.get('db', 0)}"

    async def rules(*rules: str) -> None:
        await valkey.execute_command("ACL SETUSER", name, *rules)

    await rules("on", "nopass", "~*", "&*", "+@all")
    try:
        url = urlunsplit(address._replace(netloc=f"{name}:any@{server}"))
        yield url, partial(rules, "-@write", "-@pubsub")
    finally:
        await valkey.execute_command("ACL DELUSER", name)


async def an_hour_passes(postgres: PostgresDatabase, valkey: Redis) -> None:
    """Make all times, lifetimes and messages that nobody has acknowledged an hour older."""
    await postgres.execute(
        "DO $$ DECLARE a record; BEGIN FOR a IN"
        " SELECT table_name AS t, column_name AS c FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type LIKE 'timestamp%' LOOP"
        " EXECUTE format("
        "'UPDATE %I SET %I = %I - make_interval(hours => 1)', a.t, a.c, a.c);"
        " END LOOP; END $$"
    )
    for key in [key async for key in valkey.scan_iter()]:
        left = await valkey.pttl(key)
        if left > 0:
            await valkey.pexpire(key, max(left - HOUR, 1))
        for group in await valkey.xinfo_groups(key) if await valkey.type(key) == "stream" else ():
            for one in await valkey.xpending_range(key, group["name"], "-", "+", 100):
                who, which = one["consumer"], one["message_id"]
                await valkey.xclaim(key, group["name"], who, 0, [which], idle=HOUR, justid=True)


async def upload(postgres: PostgresDatabase) -> dict[str, Any]:
    """Return the upload as it is committed, and the bytes that are counted."""
    (row,) = await postgres.fetch(
        "SELECT status, renditions, error,"
        " (SELECT storage_used_bytes FROM users WHERE id = $2) AS storage_used_bytes,"
        " (SELECT sum(storage_used_bytes) FROM users WHERE id <> $2) AS bytes_of_others"
        " FROM media_assets WHERE id = $1",
        UPLOAD,
        ASHA,
    )
    return row


def expect_accepted(*responses: httpx.Response) -> tuple[httpx.Response, ...]:
    """Demand that a confirmation is accepted."""
    __tracebackhide__ = True
    for response in responses:
        expect_equal(
            response.status_code, ACCEPTED, name="the status", wants="202 for a confirmation"
        )
    return responses


def expect_runs(images: ImageService, runs: int, *, wants: str) -> None:
    """Demand how often the job was run."""
    __tracebackhide__ = True
    expect_equal(images.attempts(), runs, name="the number of runs", wants=wants, look_at=TASKS)


def expect_completed(
    found: dict[str, Any], *, after: str, wants: str, look_at: str, bytes_of_others: int = 0
) -> None:
    """Demand that the renditions are there, and counted once."""
    __tracebackhide__ = True
    complete = {
        "status": "completed",
        "error": None,
        "renditions": RENDITIONS,
        "storage_used_bytes": BYTES,
        "bytes_of_others": bytes_of_others,
    }
    for field, value in complete.items():
        if found[field] != value:
            refuse(
                saw=f"{after};\nthen {field} was {found[field]!r} instead of {value!r}"
                + (", and no worker was busy any more" * (found["status"] == "processing")),
                wants=wants,
                look_at=look_at,
            )
