"""The answer waits for what it says, and for nothing that is best effort."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.logs import Lines, LogProbe
from docfliq_katas.probes.valkey import ValkeyProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection

from seed import ASHA, POST, ROHAN, VIKRAM, seed
from src.main import create_app

UNKNOWN = UUID("00000000-0000-4000-8000-0000000000b9")
MODERATORS = "moderators"
MONTH = 30 * 24 * 3600  # seconds
LIKED = "Dr. Rohan Kulkarni likes 'Reading a wide QRS at 3 a.m.'"
REFUSED = "Dr. Vikram Rao is suspended and tried to like 'Reading a wide QRS at 3 a.m.'"
ROUTER = "src/posts/router.py (like_post)"
TELL = "src/notifications/service.py (tell)"
TRUTH = "an answer that says what has happened, so it comes after that"
BEST_EFFORT = "a notification that changes no answer and undoes no like, when it fails"

AT_THE_INSERT = "CREATE TRIGGER refuse BEFORE INSERT ON likes"
AT_THE_COMMIT = (
    "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON likes DEFERRABLE INITIALLY DEFERRED"
)

Like = Callable[..., Awaitable[Response]]


class Held:
    """The first notification on its way to Valkey: it is held back until the test lets it go.

    Attributes:
        by: the task that sends it.

    """

    def __init__(self) -> None:
        self.by: asyncio.Task[Any] | None = None
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    async def until(self, posting: asyncio.Task[Any]) -> None:
        """Wait until it is held back, or the answer is there; or both, if they have two tasks."""
        reached = asyncio.create_task(self.reached.wait())
        await asyncio.wait({reached, posting}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        reached.cancel()
        if self.by is not posting:
            await asyncio.wait({posting}, timeout=2)  # seconds; the answer comes, or waits for it


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    """What the app sends to Valkey, held back when it is a notification."""
    held = Held()
    send = AbstractConnection.send_packed_command

    async def held_back(connection: Any, command: Any, *more: Any, **options: Any) -> None:
        if "XADD" in str(command).upper():
            held.by = asyncio.current_task()
            held.reached.set()
            await held.go_on.wait()
        await send(connection, command, *more, **options)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", held_back)
    return held


@pytest.fixture
def log(log_probe: LogProbe) -> Iterator[Lines]:
    """Everything that is logged during the test."""
    with log_probe.record() as lines:
        yield lines


@pytest.fixture
async def client(
    postgres: PostgresDatabase, valkey: Redis, serve: Serve, log: Lines
) -> AsyncIterator[AsyncClient]:
    """The app with its example rows."""
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def like(client: AsyncClient) -> Like:
    """Return a function: a doctor likes a post, and what the app has begun is over then."""

    async def like(doctor: UUID | None, post: UUID = POST) -> Response:
        before = asyncio.all_tasks()
        headers = {"X-User-Id": str(doctor)} if doctor else {}
        response = await client.post(f"/api/v1/posts/{post}/like", headers=headers)
        if started := asyncio.all_tasks() - before:
            await asyncio.wait(started, timeout=10)  # seconds; only against hanging
        return response

    return like


@pytest.mark.guideline("L276")
async def test_a_second_like_is_refused(
    like: Like, serve: Serve, postgres: PostgresDatabase, valkey: Redis
) -> None:
    """Who likes a post twice is told so, and it counts once."""
    serve.expect(await like(ROHAN), 201, wants="201 for the first like")
    expect_error(await like(ROHAN), 409, "already_liked", wants=TRUTH)
    await expect_likes(postgres, [ROHAN])
    expect_equal(await told(valkey, ASHA), [LIKED], name="what Asha is told", wants="one like")


@pytest.mark.guideline("L276")
@pytest.mark.parametrize("when", [AT_THE_INSERT, AT_THE_COMMIT], ids=["insert", "commit"])
async def test_a_like_that_fails_is_no_success(
    when: str, like: Like, serve: Serve, postgres: PostgresDatabase, valkey: Redis
) -> None:
    """When the database refuses the like, the client is told, and the author is not."""
    await postgres.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no like today'; END $$"
    )
    await postgres.execute(f"{when} FOR EACH ROW EXECUTE FUNCTION refuse()")
    response = await like(ROHAN)
    serve.errors.clear()  # the failure was the test's doing
    if response.is_success:
        refuse(
            saw=f"the database refused the like, and the client got {response.status_code}"
            f" {response.text}",
            wants=TRUTH,
            look_at=ROUTER,
        )
    expect_equal(response.status_code, 500, name="the status", wants="500 for a failure of ours")
    await expect_likes(postgres, [])
    if await told(valkey, ASHA):
        refuse(
            saw="the like was taken back, and its author had been told of it",
            wants="a notification of what is committed",
            look_at=ROUTER,
        )


@pytest.mark.guideline("L276")
async def test_a_refusal_is_told_to_the_moderators(
    postgres: PostgresDatabase, valkey: Redis, serve: Serve, held: Held
) -> None:
    """A suspended doctor is refused, and the moderators are told, though the app ends then."""
    await seed(postgres)
    async with AsyncExitStack() as app:
        client = await app.enter_async_context(serve(create_app()))
        before = asyncio.all_tasks()
        headers = {"X-User-Id": str(VIKRAM)}
        posting = asyncio.create_task(client.post(f"/api/v1/posts/{POST}/like", headers=headers))
        await held.until(posting)
        begun = asyncio.all_tasks() - before - {posting}
        ending = asyncio.create_task(app.aclose()) if posting.done() else None
        if ending:
            await asyncio.wait({ending}, timeout=1)  # seconds; it ends, or waits for the rest
        if ending and ending.done() and begun:
            for task in begun:
                task.cancel()
            await asyncio.wait(begun)
            refuse(
                saw="a suspended doctor got the 403 that he should get, the app ended,"
                " and the moderators had not been told: nobody waits for the task that does it",
                wants="what is not awaited belongs to the answer, or is waited for at the end",
                look_at=ROUTER,
            )
        held.go_on.set()
        response = await posting
        await (ending or app.aclose())
    expect_error(response, 403, "permission_denied", wants="a refusal, as before")
    found = await told(valkey, MODERATORS)
    if found != [REFUSED]:
        refuse(
            saw=f"the moderators were told {found or 'nothing'}, and a suspended doctor got the 403"
            " that he should get",
            wants="what the code promises to do happens, before an error too",
            look_at=ROUTER,
        )
    await expect_likes(postgres, [])
    expect_equal(await told(valkey, ASHA), [], name="what Asha is told", wants="nothing")


@pytest.mark.guideline("L276")
async def test_a_lost_notification_undoes_no_like(
    like: Like, serve: Serve, postgres: PostgresDatabase, valkey: Redis, log: Lines
) -> None:
    """When the author cannot be told, the like stays, its answer too, and the log says why."""
    await fill_up(valkey, ASHA)
    response = await like(ROHAN)
    if response.status_code != 201:
        refuse(
            saw=f"the author could not be told, and the client got {response.status_code}",
            wants=BEST_EFFORT,
            look_at=ROUTER,
        )
    await expect_likes(postgres, [ROHAN])
    expect_logged(serve, log)


@pytest.mark.guideline("L276")
async def test_a_lost_notification_leaves_a_refusal(
    like: Like, serve: Serve, valkey: Redis, valkey_probe: ValkeyProbe, log: Lines
) -> None:
    """When the moderators cannot be told, the refusal stays a refusal, and the log says why."""
    await fill_up(valkey, MODERATORS)
    with valkey_probe.record() as trips:
        response = await like(VIKRAM)
    expect_error(response, 403, "permission_denied", wants=BEST_EFFORT)
    if not any(command[0].upper() == "XADD" for command in trips.commands):
        refuse(
            saw="a suspended doctor was refused, and nothing was sent to the moderators' inbox",
            wants="an attempt to tell them, and its failure in the log",
            look_at=ROUTER,
        )
    expect_logged(serve, log)


async def test_a_like_is_counted_and_told(
    like: Like, serve: Serve, postgres: PostgresDatabase, valkey: Redis
) -> None:
    """Each like is in the answer, in the database and in the author's inbox, not her own."""
    for number, doctor in enumerate((ROHAN, ASHA), start=1):
        response = serve.expect(await like(doctor), 201, wants="201 for a like")
        expect_equal(
            response.json(), {"post_id": str(POST), "like_count": number}, wants="what is counted"
        )
    await expect_likes(postgres, [ASHA, ROHAN])
    expect_equal(await told(valkey, ASHA), [LIKED], name="what Asha is told", wants="one like")
    lifetime = await valkey.ttl(f"inbox:{ASHA}")
    if not 0 <= MONTH - lifetime < 60:
        refuse(
            saw=f"an inbox with {lifetime} seconds left",
            wants=f"a lifetime of {MONTH} seconds, as before",
            look_at=TELL,
        )


async def test_who_may_not_like_is_refused(
    like: Like, postgres: PostgresDatabase, valkey: Redis
) -> None:
    """A stranger and an unknown post are refused, and nobody is told."""
    expect_error(await like(None), 401, "not_authenticated", wants="401 without a user")
    for doctor in (ROHAN, VIKRAM):
        expect_error(await like(doctor, UNKNOWN), 404, "post_not_found", wants="404 as before")
    await expect_likes(postgres, [])
    expect_equal([key async for key in valkey.scan_iter("inbox:*")], [], wants="nobody told")


async def fill_up(valkey: Redis, recipient: object) -> None:
    """Let an inbox take nothing more: it has the last number that Valkey can give."""
    await valkey.xadd(f"inbox:{recipient}", {"text": "the last one"}, id=f"{2**64 - 1}-{2**64 - 1}")


async def told(valkey: Redis, recipient: object) -> list[str]:
    """Return what is in an inbox."""
    return [fields["text"] for _, fields in await valkey.xrange(f"inbox:{recipient}")]


async def expect_likes(postgres: PostgresDatabase, doctors: list[UUID]) -> None:
    """Demand that the likes of these doctors are committed and counted, and no other."""
    __tracebackhide__ = True
    rows = await postgres.fetch("SELECT user_id FROM likes WHERE post_id = $1", POST)
    (post,) = await postgres.fetch("SELECT like_count FROM posts WHERE id = $1", POST)
    found = sorted(str(row["user_id"]) for row in rows), post["like_count"]
    expect_equal(
        found,
        (sorted(map(str, doctors)), len(doctors)),
        name="the likes and their number",
        wants=TRUTH,
        look_at=ROUTER,
    )


def expect_error(response: Response, status: int, code: str, *, wants: str) -> None:
    """Demand a refusal with its status and code."""
    __tracebackhide__ = True
    body = response.json() if "json" in response.headers.get("content-type", "") else {}
    shown = body.get("error", {}).get("code")
    if (response.status_code, shown) != (status, code):
        request = response.request
        refuse(
            saw=f"status {response.status_code} and {shown or 'no error code'} instead of"
            f" {status} and {code} for {request.method} {request.url.path}",
            wants=wants,
            look_at=ROUTER,
        )


def expect_logged(serve: Serve, log: Lines) -> None:
    """Demand the cause in the log; the server logs what the app lets escape."""
    __tracebackhide__ = True
    causes = [line.text for line in log.at_least("ERROR")]
    causes += [str(error.exception) for error in serve.errors]
    serve.errors.clear()  # the failure was the test's doing
    if not any("exhausted" in cause for cause in causes):
        lower = next((line for line in log if "exhausted" in line.text), None)
        if lower:
            refuse(
                saw=f"nobody could be told, and the log says why at level {lower.level} only:"
                f" {lower.message!r}",
                wants="a failure that is not the client's business in the log as an error, at"
                " level ERROR or above",
                look_at=str(lower.where or TELL),
            )
        refuse(
            saw="nobody could be told, and no error in the log says why",
            wants="a failure that is not the client's business in the log",
            look_at=TELL,
        )
