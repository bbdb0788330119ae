"""A dependency runs once for a request, and what it gives ends with it."""

import asyncio
import importlib
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from anyio.to_thread import current_default_thread_limiter
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.postgres_line import PostgresLine
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI
from httpx import AsyncClient, Response

from seed import ANKLES, ARJUN, QRS, REQUESTS, hashed, seed

REPORTS = "/api/v1/admin/reports"
GONE = UUID("00000000-0000-4000-8000-0000000000bf")
FEW, MORE = 1, 10
ONE_EACH = "a login that is looked up, and paid for, once in a request"
ITS_OWN = "a trail that belongs to one request, whoever else is asking meanwhile"
TRAIL = "src/audit/dependencies.py (get_trail)"
LOGIN = "src/moderation/dependencies.py, src/audit/dependencies.py"
QUIET = 20  # looks, one after the other, that find nobody at work
PAUSE = 0.01  # seconds between two looks, to leave the processor to others
TURNS = 100  # turns of the event loop in each look, so that the app can go on

# What brings a token's row, or a part of it, to the app.
LOOKUP = re.compile(r"^SELECT.*\badmin_sessions\b|\badmin_sessions\b.*\bRETURNING\b", re.DOTALL)
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
CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON posts DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse()
"""
EVENTS = """
SELECT full_name AS actor, notes FROM audit_events
JOIN users ON users.id = actor_id ORDER BY audit_events.created_at
"""


class Ask(NamedTuple):
    """One request of an admin."""

    token: str
    method: str
    path: str

    def __str__(self) -> str:
        """Say whose request it is, as `hide of meera-laptop`."""
        return f"{self.path.rpartition('/')[2]} of {self.token}"


def reports(token: str) -> Ask:
    """Ask for the open reports."""
    return Ask(token, "GET", REPORTS)


def hide(token: str, post_id: UUID) -> Ask:
    """Hide a post."""
    return Ask(token, "POST", f"/api/v1/admin/posts/{post_id}/hide")


def restore(token: str, post_id: UUID) -> Ask:
    """Restore a post."""
    return Ask(token, "POST", f"/api/v1/admin/posts/{post_id}/restore")


@dataclass(frozen=True)
class Admins:
    """Send requests, and look into the database what has come of them."""

    client: AsyncClient
    postgres: PostgresDatabase
    line: PostgresLine

    async def send(self, ask: Ask) -> Response:
        """Send it, in a task of its own, as a server has one for each request."""
        headers = {"X-Admin-Token": ask.token}
        return await asyncio.create_task(self.client.request(ask.method, ask.path, headers=headers))

    async def left(self, token: str) -> int:
        """Return how many requests a token is good for."""
        left: int = await self.postgres.fetchval(
            "SELECT requests_left FROM admin_sessions WHERE token_hash = $1", hashed(token)
        )
        return left

    async def events(self) -> list[dict[str, Any]]:
        """Return what the audit says, in order."""
        return await self.postgres.fetch(EVENTS)

    async def at_rest(self, task: asyncio.Task[Response]) -> None:
        """Wait until a request is done, or waits for somebody else."""
        threads = current_default_thread_limiter()  # what FastAPI runs a plain def or a class in
        quiet = 0
        while not task.done() and quiet < QUIET:
            behind_a_lock = await self.postgres.fetchval(WAITING)
            quiet += 1
            for _ in range(TURNS):
                await asyncio.sleep(0)
                if self.line.under_way > behind_a_lock or threads.borrowed_tokens:
                    quiet = 0
                    break
            await asyncio.to_thread(time.sleep, PAUSE)

    @asynccontextmanager
    async def held(self, lock: str) -> AsyncIterator[None]:
        """Hold a lock of the database: whoever needs what it covers waits."""
        async with PostgresDatabase(self.postgres.url) as other:
            await other.execute("BEGIN")
            await other.execute(lock)
            yield


class Meeting(NamedTuple):
    """Two requests: the first waits for a lock while the second comes and goes."""

    lock: str
    first: Ask
    second: Ask
    status: int  # of the second
    events: list[dict[str, Any]]  # in the order in which the requests end


def event(actor: str, *notes: str) -> dict[str, Any]:
    """Return what the audit has to say."""
    return {"actor": actor, "notes": list(notes)}


POST_HELD = f"SELECT FROM posts WHERE id = '{QRS}' FOR UPDATE"
REPORTS_HELD = f"SELECT FROM reports WHERE post_id = '{QRS}' FOR UPDATE"
TABLE_HELD = "LOCK TABLE reports"
HIDDEN = ("as admin", f"hid post {QRS}", "closed 2 reports")
OTHER_HIDDEN = ("as admin", f"hid post {ANKLES}", "closed 1 reports")
MEETINGS = {
    "another admin": Meeting(
        POST_HELD,
        hide("meera-laptop", QRS),
        hide("arjun-laptop", ANKLES),
        200,
        [event("Arjun Das", *OTHER_HIDDEN), event("Meera Iyer", *HIDDEN)],
    ),
    "her phone": Meeting(
        REPORTS_HELD,
        hide("meera-laptop", QRS),
        restore("meera-phone", ANKLES),
        200,
        [
            event("Meera Iyer", "as super_admin", f"restored post {ANKLES}"),
            event("Meera Iyer", *HIDDEN),
        ],
    ),
    "during a list": Meeting(
        TABLE_HELD,
        reports("arjun-laptop"),
        restore("meera-phone", ANKLES),
        200,
        [
            event("Meera Iyer", "as super_admin", f"restored post {ANKLES}"),
            event("Arjun Das", "as admin", "listed 3 reports"),
        ],
    ),
    "a post that is gone": Meeting(
        POST_HELD,
        restore("meera-laptop", QRS),
        hide("arjun-laptop", GONE),
        404,
        [event("Meera Iyer", "as super_admin", f"restored post {QRS}")],
    ),
    "a role that is missing": Meeting(
        REPORTS_HELD,
        hide("meera-laptop", QRS),
        restore("arjun-laptop", ANKLES),
        403,
        [event("Meera Iyer", *HIDDEN)],
    ),
}


@pytest.fixture
def app() -> Iterator[FastAPI]:
    """Import the slice as a process of its own does: it remembers nothing of other tests."""
    known = {name: sys.modules.pop(name) for name in slice_modules()}
    try:
        yield importlib.import_module("src.main").create_app()
    finally:
        for name in slice_modules():
            del sys.modules[name]
        sys.modules.update(known)


@pytest.fixture
async def admins(
    app: FastAPI, postgres: PostgresDatabase, postgres_line: PostgresLine, serve: Serve
) -> AsyncIterator[Admins]:
    await seed(postgres)
    async with serve(app) as client:
        yield Admins(client, postgres, postgres_line)


@pytest.mark.guideline("L38")
@pytest.mark.parametrize("ask", [reports, hide, restore], ids=lambda ask: ask.__name__)
async def test_a_request_looks_the_login_up_once(
    admins: Admins, serve: Serve, sql_probe: SqlProbe, ask: Callable[..., Ask]
) -> None:
    """However many parts of a request ask who is asking, one request of the token is spent."""
    request = ask("meera-laptop", *([] if ask is reports else [QRS]))
    left = [REQUESTS]
    with sql_probe.record() as statements:
        for number in (FEW, MORE):
            for _ in range(number):
                serve.expect(await admins.send(request), 200, wants="an answer for an admin")
            left.append(await admins.left("meera-laptop"))
    first, more = left[0] - left[1], left[1] - left[2]
    if (first, more) != (FEW, MORE):
        refuse(
            saw=f"{request.path.replace(str(QRS), '…')}: {FEW} request spent {first} of the"
            f" {REQUESTS} that the token is good for, {MORE} more spent {more}",
            wants=ONE_EACH,
            look_at=LOGIN,
        )
    lookups = sum(bool(LOOKUP.search(statement.text)) for statement in statements)
    if lookups > FEW + MORE:
        refuse(
            saw=f"{request.path.replace(str(QRS), '…')}: {FEW + MORE} requests asked PostgreSQL for"
            f" their token {lookups} times",
            wants=ONE_EACH,
            look_at=LOGIN,
        )


@pytest.mark.guideline("L38")
@pytest.mark.parametrize("meeting", MEETINGS.values(), ids=list(MEETINGS))
async def test_requests_that_meet_do_not_mix(
    admins: Admins, serve: Serve, meeting: Meeting
) -> None:
    """What a request notes is stored under the name of who made it, whoever asks meanwhile."""
    await admins.postgres.execute("UPDATE posts SET status = 'HIDDEN_BY_ADMIN'")
    async with admins.held(meeting.lock):
        first = asyncio.create_task(admins.send(meeting.first))
        while not (first.done() or await admins.postgres.fetchval(WAITING)):  # noqa: ASYNC110
            await asyncio.sleep(0)
        meets = not first.done()
        second = asyncio.create_task(admins.send(meeting.second))
        await admins.at_rest(second)
        waits = not second.done()
    serve.expect(await first, 200, wants="an answer for an admin, when the lock is gone")
    serve.expect(await second, meeting.status, wants="the answer that it gets alone")
    if not meets:
        refuse(
            saw=f"{meeting.first.path.replace(str(QRS), '…')} was over before its rows were free",
            wants="the change that it made before",
        )
    if waits:
        refuse(
            saw="one request waits for a row of PostgreSQL, and another, which does not need it,"
            " waits for that request",
            wants="requests that have nothing in common, and so need not wait for each other",
            look_at=TRAIL,
        )
    expect_events(
        await admins.events(),
        meeting.events,
        story=f"{meeting.second} came and went while {meeting.first} waited for a lock",
        wants=ITS_OWN,
    )


@pytest.mark.guideline("L38")
async def test_a_request_is_one_event(admins: Admins, serve: Serve) -> None:
    """All that a request notes is one event, the next one begins with nothing."""
    for ask in (
        hide("meera-laptop", QRS),
        reports("arjun-laptop"),
        restore("meera-laptop", QRS),
        hide("meera-phone", QRS),
        reports("meera-laptop"),
    ):
        serve.expect(await admins.send(ask), 200, wants="an answer for an admin")
    expected = [
        event("Meera Iyer", *HIDDEN),
        event("Arjun Das", "as admin", "listed 1 reports"),
        event("Meera Iyer", "as super_admin", f"restored post {QRS}"),
        event("Meera Iyer", "as admin", f"hid post {QRS}", "closed 0 reports"),
        event("Meera Iyer", "as admin", "listed 1 reports"),
    ]
    story = "five requests, one after the other"
    wants = "one event for each request, with all that it did"
    expect_events(await admins.events(), expected, story=story, wants=wants)


@pytest.mark.guideline("L38")
async def test_what_was_true_a_request_ago_is_asked_again(admins: Admins, serve: Serve) -> None:
    """A token that is used up, a role that is withdrawn: the next request knows."""
    wants = "each request looks for itself who is asking"
    meera, arjun = reports("meera-laptop"), reports("arjun-laptop")
    for ask in (meera, arjun):
        serve.expect(await admins.send(ask), 200, wants="an answer for an admin")
    await admins.postgres.execute(
        "UPDATE admin_sessions SET requests_left = 0 WHERE token_hash = $1", hashed("meera-laptop")
    )
    serve.expect(await admins.send(meera), 401, wants=f"{wants}; no request was left")
    await admins.postgres.execute("UPDATE users SET roles = '{user}' WHERE id = $1", ARJUN)
    serve.expect(await admins.send(arjun), 403, wants=f"{wants}; the role was withdrawn")
    await admins.postgres.execute("DELETE FROM admin_sessions WHERE user_id = $1", ARJUN)
    serve.expect(await admins.send(arjun), 401, wants=f"{wants}; the session was ended")
    serve.expect(await admins.send(reports("meera-phone")), 200, wants="a token of its own")


@pytest.mark.guideline("L38")
async def test_each_of_two_requests_at_once_is_paid(admins: Admins, serve: Serve) -> None:
    """Two requests with one token, at the same moment, spend two."""
    both = [reports("meera-laptop"), restore("meera-laptop", QRS)]
    for answer in await asyncio.gather(*map(admins.send, both)):
        serve.expect(answer, 200, wants="an answer for an admin")
    spent = REQUESTS - await admins.left("meera-laptop")
    if spent != 2:
        refuse(
            saw=f"two requests at once spent {spent} of the {REQUESTS} that the token is good for",
            wants=ONE_EACH,
            look_at=LOGIN,
        )


async def test_a_refusal_costs_nothing_and_notes_nothing(admins: Admins, serve: Serve) -> None:
    """Who is refused has spent nothing, changed nothing, and is not in the audit."""
    for status, ask in (
        (401, reports("")),
        (401, hide("a-token-of-nobody", QRS)),
        (403, restore("arjun-laptop", QRS)),
        (404, hide("arjun-laptop", GONE)),
        (404, restore("meera-laptop", uuid4())),
    ):
        serve.expect(await admins.send(ask), status, wants="the same refusals as before")
    await admins.postgres.execute("UPDATE users SET roles = '{user}' WHERE id = $1", ARJUN)
    for ask in (reports("arjun-laptop"), hide("arjun-laptop", QRS)):
        serve.expect(await admins.send(ask), 403, wants="admins only")
    left = [await admins.left(token) for token in ("meera-laptop", "arjun-laptop")]
    expect_equal(left, [REQUESTS, REQUESTS], name="requests left", wants="nothing spent")
    expect_equal(await admins.events(), [], name="audit", wants="nothing that was not done")
    changed = await admins.postgres.fetch("SELECT id FROM posts WHERE status != 'PUBLISHED'")
    expect_equal(changed, [], name="changed posts", wants="no change by a request that is refused")


async def test_what_is_not_committed_is_not_in_the_audit(admins: Admins, serve: Serve) -> None:
    """A request whose COMMIT fails has done nothing, spent nothing, and is not in the audit."""
    await admins.postgres.execute(LATE_REFUSAL)
    for ask in (hide("arjun-laptop", QRS), hide("meera-laptop", ANKLES)):
        serve.expect(await admins.send(ask), 500, wants="500 where PostgreSQL refuses the COMMIT")
    serve.errors.clear()  # the test wanted them
    left = [await admins.left(token) for token in ("meera-laptop", "arjun-laptop")]
    expect_equal(left, [REQUESTS, REQUESTS], name="requests left", wants="nothing spent")
    story = "the COMMIT of two requests failed"
    wants = "an event in the transaction of what it tells of"
    expect_events(await admins.events(), [], story=story, wants=wants)


async def test_the_answers_stay(admins: Admins, serve: Serve) -> None:
    """A post is hidden by somebody and restored by nobody; its reports are closed."""
    answer = serve.expect(await admins.send(hide("arjun-laptop", QRS)), 200, wants="a hidden post")
    hidden = {"id": str(QRS), "status": "HIDDEN_BY_ADMIN", "hidden_by": str(ARJUN)}
    expect_equal(answer.json(), hidden, wants="the post, hidden by who hid it")
    answer = serve.expect(await admins.send(reports("meera-laptop")), 200, wants="a list")
    left = [(one["post_id"], one["reason"]) for one in answer.json()["items"]]
    wants = "the reports that are open still"
    expect_equal(left, [(str(ANKLES), "An advertisement")], name="reports", wants=wants)
    answer = serve.expect(await admins.send(restore("meera-laptop", QRS)), 200, wants="a post")
    restored = {"id": str(QRS), "status": "PUBLISHED", "hidden_by": None}
    expect_equal(answer.json(), restored, wants="the post, hidden by nobody")


async def test_the_lifespan_does_what_it_did(
    app: FastAPI, postgres: PostgresDatabase, serve: Serve, connection_probe: ConnectionProbe
) -> None:
    """A connection that PostgreSQL has closed costs no request; at the end none is open."""
    await seed(postgres)
    async with serve(app) as client:
        for _ in range(2):
            await postgres.fetch(HANG_UP)
            answer = await client.get(REPORTS, headers={"X-Admin-Token": "meera-laptop"})
            serve.expect(answer, 200, wants="an engine that looks whether a connection lives")
    await connection_probe.assert_none_left(
        postgres=postgres.url,
        wants="every connection closed when the app has ended",
        look_at="src/main.py (lifespan)",
    )


def expect_events(
    seen: list[dict[str, Any]], expected: list[dict[str, Any]], *, story: str, wants: str
) -> None:
    """Demand these events, and show the first that is another one."""
    __tracebackhide__ = True
    pairs = zip_longest(map(show, seen), map(show, expected), fillvalue="none")
    for number, (left, right) in enumerate(pairs, 1):
        if left != right:
            saw = f"{story}:\nevent {number} is {left}\ninstead of {right}"
            refuse(saw=saw, wants=wants, look_at=TRAIL)


def show(event: dict[str, Any]) -> str:
    """Write an event on a line, its posts in short."""
    short = [note.replace(str(QRS)[:-2], "…") for note in event["notes"]]
    return f"{event['actor']}: {', '.join(short)}"


def slice_modules() -> list[str]:
    """Name the modules of the slice that are loaded."""
    return [name for name in sys.modules if name.partition(".")[0] == "src"]
