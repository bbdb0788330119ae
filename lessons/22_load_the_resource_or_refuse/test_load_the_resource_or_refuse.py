"""A route gets a post that its caller may have, or the caller gets the refusal."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import Where, slice_frame_of, where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient, Response

from seed import (
    ASHA,
    DELETED_OF_ASHA,
    DELETED_OF_ROHAN,
    DRAFT_OF_ASHA,
    DRAFT_OF_ROHAN,
    OF_ASHA,
    OF_ROHAN,
    PAST,
    ROHAN,
    UNKNOWN,
    seed,
)
from src.main import create_app
from src.posts import service as posts_service

READ, EDIT, REMOVE = "GET /posts/{id}", "PATCH /posts/{id}", "DELETE /posts/{id}"
PUBLISH, VERSIONS = "POST /posts/{id}/publish", "GET /posts/{id}/versions"
BOOKMARK, UNBOOKMARK = "POST /posts/{id}/bookmark", "DELETE /posts/{id}/bookmark"
FOR_AUTHORS = (EDIT, PUBLISH, VERSIONS, REMOVE)
EVERY_ROUTE = (READ, *FOR_AUTHORS, BOOKMARK, UNBOOKMARK)

ROUTER = "src/posts/router.py"
INSERT = "INSERT INTO bookmarks (user_id, post_id) VALUES ($1, $2)"
DELETE = """
WITH gone AS (DELETE FROM post_versions WHERE post_id = $1) DELETE FROM posts WHERE id = $1
"""
WORKS = "what a doctor may do works as before, and only once"
SHOWN = 6
STILL = 100  # looks at the server without any change: what still runs waits for something else
GUARD = 20.0  # seconds; only against hanging


class Call(NamedTuple):
    """One cell of the table: a route, a post, and what came back."""

    route: str
    post: str
    answer: Response

    def __str__(self) -> str:
        return f"{self.route} on {self.post}: {told(self.answer)}"


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
def refused_in(app: FastAPI) -> list[Where | None]:
    """Return a list that gets the place of each exception that the app turns into an answer."""
    noted: list[Where | None] = []

    def noting(handler: Any) -> Any:
        async def note(request: Request, error: Exception) -> Any:
            noted.append(slice_frame_of(error))
            answer = handler(request, error)
            return await answer if isawaitable(answer) else answer

        return note

    for kind, handler in list(app.exception_handlers.items()):
        app.exception_handlers[kind] = noting(handler)
    return noted


@pytest.fixture
async def client(
    app: FastAPI, refused_in: list[Where | None], postgres: PostgresDatabase, serve: Serve
) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(app) as client:
        yield client


@pytest.mark.guideline("L39")
async def test_a_post_that_is_not_there_is_not_found(
    client: AsyncClient, postgres: PostgresDatabase
) -> None:
    """A post that never was, or is deleted, is a 404 on every route, and nothing is done to it."""
    posts = {
        "an unknown post": UNKNOWN,
        "her own deleted post": DELETED_OF_ASHA,
        "a deleted post of Rohan's": DELETED_OF_ROHAN,
    }
    before = await rows(postgres)
    calls = await call_each(client, EVERY_ROUTE, posts)
    expect_refused(calls, 404, "post_not_found", wants="404 post_not_found on every route")
    await expect_untouched(postgres, before)


@pytest.mark.guideline("L39")
async def test_a_draft_is_there_for_its_author_alone(
    client: AsyncClient, postgres: PostgresDatabase
) -> None:
    """Whoever asks for another doctor's draft learns no more than of a post that never was."""
    before = await rows(postgres)
    calls = await call_each(client, EVERY_ROUTE, {"a draft of Rohan's": DRAFT_OF_ROHAN})
    wants = "404 post_not_found, as for a post that never was"
    expect_refused(calls, 404, "post_not_found", wants=wants)
    unknown = await call_each(client, EVERY_ROUTE, {"an unknown post": UNKNOWN})
    for call, other in zip(calls, unknown, strict=True):
        expect_equal(
            call.answer.text.replace(str(DRAFT_OF_ROHAN), "…"),
            other.answer.text.replace(str(UNKNOWN), "…"),
            name=f"the 404 of {call.route} on a draft",
            wants="the answer for a post that never was, word for word",
        )
    await expect_untouched(postgres, before)


@pytest.mark.guideline("L39")
async def test_what_is_the_authors_is_refused_to_others(
    client: AsyncClient, postgres: PostgresDatabase
) -> None:
    """Nobody changes, deletes or publishes another doctor's post, or reads what it said before."""
    before = await rows(postgres)
    calls = await call_each(client, FOR_AUTHORS, {"a post of Rohan's": OF_ROHAN})
    expect_refused(calls, 403, "permission_denied", wants="403 permission_denied on these four")
    await expect_untouched(postgres, before)


@pytest.mark.guideline("L39")
async def test_a_rule_has_one_place(
    client: AsyncClient, refused_in: list[Where | None], serve: Serve
) -> None:
    """However many routes there are, who may have a post is decided in one place."""
    scattered = []
    for name, post, routes, most in (
        ("an unknown post", UNKNOWN, EVERY_ROUTE, 2),  # one to see it, one to change it
        ("a draft of Rohan's", DRAFT_OF_ROHAN, EVERY_ROUTE, 2),
        ("a post of Rohan's", OF_ROHAN, FOR_AUTHORS, 1),
    ):
        places: dict[str, None] = {}
        for route in routes:
            refused_in.clear()
            answer = await call(client, route, post)
            if answer.status_code in (403, 404):
                where = refused_in[-1] if refused_in else None
                places[f"{where.file} ({where.function})" if where else route] = None
        if len(places) > most:
            scattered.append(f"{name} is refused in {len(places)} places: {', '.join(places)}")
    serve.errors.clear()  # what crashed is another test's matter
    if scattered:
        refuse(
            saw="\n".join(scattered),
            wants="a rule that stands in one place, which every route asks",
            look_at=ROUTER,
        )


@pytest.mark.guideline("L39")
async def test_two_taps_make_one_bookmark(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """When two requests have both seen that there is no bookmark, one makes it, the other is a
    409."""
    async with held(postgres, "LOCK TABLE posts IN ACCESS EXCLUSIVE MODE", end="ROLLBACK"):
        # Two connections, so that neither tap has to wait for one.
        reads = [start(client, READ) for _ in range(2)]
        await all_wait(postgres, reads)
    await answers(reads)
    # A bookmark that nobody can see yet: both taps look, find none, and wait for its place.
    async with held(postgres, INSERT, ASHA, OF_ROHAN, end="ROLLBACK"):
        taps = [start(client, BOOKMARK) for _ in range(2)]
        await all_wait(postgres, taps)
    expect_told(
        await answers(taps),
        ["201", "409 already_bookmarked"],
        serve,
        how="two taps at the same time",
        wants="201 for one and 409 already_bookmarked for the other, as the database decides",
    )
    await expect_one_bookmark(postgres)


@pytest.mark.guideline("L39")
async def test_a_tap_that_comes_second_is_a_conflict(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """When the worker stores the same bookmark after the request has looked, that is a 409."""
    async with held(postgres, INSERT, ASHA, OF_ROHAN, end="COMMIT"):
        taps = [start(client, BOOKMARK)]
        await all_wait(postgres, taps)
    expect_told(
        await answers(taps),
        ["409 already_bookmarked"],
        serve,
        how="a tap just behind the worker",
        wants="409 already_bookmarked, as the database decides",
    )
    await expect_one_bookmark(postgres)


@pytest.mark.guideline("L39")
async def test_another_failure_is_no_conflict(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """When a bookmark fails for any other reason, nobody is told that it is there already."""
    async with held(postgres, DELETE, OF_ROHAN, end="COMMIT"):
        taps = [start(client, BOOKMARK)]
        await all_wait(postgres, taps)
    (answer,) = await answers(taps)
    serve.errors.clear()  # the post is gone: a 500 is as honest as a 404
    if told(answer) in {"201", "409 already_bookmarked"}:
        refuse(
            saw=f"a post deleted for good between look and insert: {told(answer)},"
            " and there is no bookmark",
            wants="already_bookmarked where there is a bookmark; a 404, or a 500, for the rest",
            look_at=bookmarking(),
        )


async def test_a_bookmark_is_made_once_and_removed_once(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A second bookmark, and a second removal, is a 409, and the request after it works."""
    for post in (OF_ROHAN, OF_ASHA, DRAFT_OF_ASHA):
        steps = [
            (BOOKMARK, "201"),
            (BOOKMARK, "409 already_bookmarked"),
            (UNBOOKMARK, "204"),
            (UNBOOKMARK, "409 not_bookmarked"),
            (BOOKMARK, "201"),
        ]
        for route, expected in steps:
            answer = await call(client, route, post)
            expect_told([answer], [expected], serve, how=route)
            if expected == "201":
                expect_equal(answer.json(), {"post_id": str(post)}, wants="the post's id")
    await expect(client, serve, BOOKMARK, OF_ROHAN, 201, who=ROHAN)
    await expect(client, serve, UNBOOKMARK, OF_ROHAN, 204, who=ROHAN)
    kept = await bookmarked_by(postgres, OF_ASHA, OF_ROHAN, DRAFT_OF_ASHA)
    expect_equal(kept, [ASHA] * 3, name="who has bookmarked", wants="everybody's own bookmarks")


async def test_an_author_does_what_she_likes_with_her_post(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """An author changes, publishes and deletes her post; what is published, everybody reads."""
    for post, edited in ((DRAFT_OF_ASHA, "DRAFT"), (OF_ASHA, "EDITED")):
        changed = await expect(client, serve, EDIT, post, 200)
        expect_equal(
            (changed["body"], changed["status"]),
            ("A better text.", edited),
            name="body and status",
            wants="what the author wrote",
        )
        read = await expect(client, serve, READ, post, 200)
        expect_equal(read, changed, name=READ, wants="what was stored")
        past = [one["body"] for one in (await expect(client, serve, VERSIONS, post, 200))["items"]]
        was = [*reversed([body for body, _ in PAST]), "As it reads today."]
        expect_equal(past, was, name="versions", wants="what it said before, oldest first")
    published = await expect(client, serve, PUBLISH, DRAFT_OF_ASHA, 200)
    expect_equal(published["status"], "PUBLISHED", name="status", wants="a published post")
    for post, state in ((DRAFT_OF_ASHA, "PUBLISHED"), (OF_ASHA, "EDITED")):
        shown = await expect(client, serve, READ, post, 200, who=ROHAN)
        expect_equal(
            (shown["post_id"], shown["author_id"], shown["status"]),
            (str(post), str(ASHA), state),
            name=READ,
            wants="a published post shown to every doctor",
        )
    for post in (DRAFT_OF_ASHA, OF_ASHA):
        again = await call(client, PUBLISH, post)
        expect_equal(told(again), "409 not_a_draft", name=PUBLISH, wants="only drafts published")
        await expect(client, serve, REMOVE, post, 204)
        gone = await call(client, READ, post)
        expect_equal(told(gone), "404 post_not_found", name=READ, wants="no deleted post")
    kept = await postgres.fetchval("SELECT count(*) FROM posts WHERE status = 'SOFT_DELETED'")
    expect_equal(kept, 4, name="deleted posts in the table", wants="deleted softly, for 30 days")


async def test_a_stranger_learns_nothing(client: AsyncClient, postgres: PostgresDatabase) -> None:
    """Without a login every route is a 401, whether the post exists or not."""
    before = await rows(postgres)
    posts = {"a post of Rohan's": OF_ROHAN, "a draft": DRAFT_OF_ASHA, "an unknown post": UNKNOWN}
    for who in (None, UNKNOWN):
        calls = await call_each(client, EVERY_ROUTE, posts, who=who)
        expect_refused(calls, 401, "not_authenticated", wants="401 before anything else is said")
    await expect_untouched(postgres, before)


async def test_an_id_that_is_none_is_refused(client: AsyncClient) -> None:
    """What is no id at all is a 422 or a 404 on every route, and no crash."""
    calls = await call_each(client, EVERY_ROUTE, {"the post 'abc'": "abc"})
    wrong = [one for one in calls if one.answer.status_code not in (404, 422)]
    if wrong:
        refuse(saw=listed(wrong), wants="422, or 404", look_at=endpoint(wrong[0].route))


async def call(
    client: AsyncClient, route: str, post: UUID | str, who: UUID | None = ASHA
) -> Response:
    """Call a route for a post; Asha does, where nobody else is named."""
    method, _, path = route.partition(" ")
    return await client.request(
        method,
        f"/api/v1{path.replace('{id}', str(post))}",
        headers={"X-User-Id": str(who)} if who else {},
        json={"body": "A better text."} if route == EDIT else None,
    )


async def call_each(
    client: AsyncClient,
    routes: Iterable[str],
    posts: dict[str, Any],
    who: UUID | None = ASHA,
) -> list[Call]:
    """Call each route for each post, one after the other."""
    return [
        Call(route, name, await call(client, route, post, who))
        for name, post in posts.items()
        for route in routes
    ]


async def expect(
    client: AsyncClient, serve: Serve, route: str, post: UUID, status: int, *, who: UUID = ASHA
) -> Any:
    """Call a route, demand a status, and return the body."""
    __tracebackhide__ = True
    answer = await call(client, route, post, who)
    serve.expect(answer, status, wants=WORKS)
    return answer.json() if answer.content else None


def expect_refused(calls: list[Call], status: int, code: str, *, wants: str) -> None:
    """Demand one refusal of all calls."""
    __tracebackhide__ = True
    wrong = [one for one in calls if told(one.answer) != f"{status} {code}"]
    if wrong:
        refuse(saw=listed(wrong), wants=wants, look_at=endpoint(wrong[0].route))


def expect_told(
    seen: list[Response], expected: list[str], serve: Serve, *, how: str, wants: str = WORKS
) -> None:
    """Demand statuses and error codes, in any order."""
    __tracebackhide__ = True
    answered = sorted(map(told, seen))
    if answered != expected:
        crash = serve.errors[-1] if serve.errors else None
        refuse(
            saw=f"{how}: {' and '.join(answered)}" + (f"\n{crash}" if crash else ""),
            wants=wants,
            look_at=str((crash and crash.where) or bookmarking()),
        )


async def expect_one_bookmark(postgres: PostgresDatabase) -> None:
    """Demand that Asha has bookmarked Rohan's post, once."""
    __tracebackhide__ = True
    kept = await bookmarked_by(postgres, OF_ROHAN)
    expect_equal(kept, [ASHA], name="who has bookmarked", wants="one bookmark, hers")


async def bookmarked_by(postgres: PostgresDatabase, *posts: UUID) -> list[UUID]:
    """Return whose bookmarks there are of some posts, one entry for each."""
    kept = await postgres.fetch("SELECT user_id FROM bookmarks WHERE post_id = ANY($1)", posts)
    return [row["user_id"] for row in kept]


async def rows(postgres: PostgresDatabase) -> dict[str, list[dict[str, Any]]]:
    """Return all that a call could change."""
    return {
        "posts": await postgres.fetch("SELECT * FROM posts ORDER BY id"),
        "post_versions": await postgres.fetch("SELECT * FROM post_versions ORDER BY id"),
        "bookmarks": await postgres.fetch("SELECT * FROM bookmarks"),
    }


async def expect_untouched(
    postgres: PostgresDatabase, before: dict[str, list[dict[str, Any]]]
) -> None:
    """Demand that refused calls have left no trace."""
    __tracebackhide__ = True
    after = await rows(postgres)
    wants = "a refusal before anything is done"
    expect_equal(after, before, name="after refused calls, database", wants=wants, look_at=ROUTER)


@asynccontextmanager
async def held(
    postgres: PostgresDatabase, statement: str, *values: object, end: str
) -> AsyncIterator[None]:
    """Do something in a transaction of another connection, and end it with the block."""
    async with PostgresDatabase(postgres.url) as other:
        await other.execute("BEGIN")
        await other.execute(statement, *values)
        yield
        await other.execute(end)


async def all_wait(postgres: PostgresDatabase, calls: list[asyncio.Task[Response]]) -> None:
    """Return when each call waits for a lock of the server, or nothing moves any more."""
    async with asyncio.timeout(GUARD):
        seen, still = None, 0
        while still < STILL and not all(one.done() for one in calls):
            backends = await postgres.fetch(
                "SELECT pid, state, query_start, state_change, wait_event_type"
                " FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name <> 'kata-test' ORDER BY pid"
            )
            waiting = [one for one in backends if one["wait_event_type"] == "Lock"]
            if len(waiting) == len(calls):
                return
            still = still + 1 if waiting and backends == seen else 0
            seen = backends


def start(client: AsyncClient, route: str) -> asyncio.Task[Response]:
    """Send a request for Rohan's post, and do not wait for its answer."""
    return asyncio.create_task(call(client, route, OF_ROHAN))


async def answers(calls: list[asyncio.Task[Response]]) -> list[Response]:
    async with asyncio.timeout(GUARD):
        return list(await asyncio.gather(*calls))


def told(answer: Response) -> str:
    """Return the status of an answer, and its error code where it has one."""
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        code = ""
    return f"{answer.status_code} {code}".rstrip()


def listed(calls: list[Call]) -> str:
    """Return calls, one a line, and how many more there are."""
    more = [f"and {len(calls) - SHOWN} more"] if len(calls) > SHOWN else []
    return "\n".join([*map(str, calls[:SHOWN]), *more])


def bookmarking() -> str:
    """Return where a bookmark is made."""
    made = getattr(posts_service, "bookmark", None)
    return str((made and where_defined(made)) or endpoint(BOOKMARK))


def endpoint(route: str) -> str:
    """Return where the endpoint of a route is."""
    method, _, path = route.partition(" ")
    wanted = f"/api/v1{path.replace('{id}', '{post_id}')}"
    for one in iter_route_contexts(create_app().routes):
        if one.path == wanted and method in (one.methods or ()):
            return str((one.endpoint and where_defined(one.endpoint)) or ROUTER)
    return ROUTER
