"""Relationships are loaded on purpose: a post of a channel is shown by every route."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Escaped, Serve
from docfliq_katas.probes.sql import SqlProbe, Statements
from docfliq_katas.probes.verdict import Verdict, refuse
from httpx import AsyncClient

from seed import ANKLES, ASHA, FEVERS, QRS, ROHAN, ROUNDS, add_posts, create_tables
from src.main import create_app

SERVICE = "src/posts/service.py"
POSTS = "/api/v1/posts"
IN_ROUNDS = f"/api/v1/channels/{ROUNDS['slug']}/posts"
IN_FEVERS = f"/api/v1/channels/{FEVERS['slug']}/posts"
LOADED = "a relationship that is loaded, on purpose, before the answer is made"
ITS_CHANNEL = "each post with its own channel, as the database has it"
SAME_COUNT = "the same number of statements for any number of posts"
REFUSED = "a refusal, as before"
STORED = """
SELECT title, updated_at, slug, name
FROM posts LEFT JOIN channels ON channels.id = channel_id WHERE posts.id = $1
"""

Json = dict[str, Any]
Ask = Callable[..., Awaitable[Json]]


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await create_tables(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def ask(client: AsyncClient, serve: Serve, sql_probe: SqlProbe) -> Ask:
    """Return a function that calls a route as Asha, and returns the JSON of its answer."""

    async def ask(method: str, path: str, data: Json | None = None) -> Json:
        headers = {"X-User-Id": str(ASHA)}
        with sql_probe.record() as statements:
            response = await client.request(method, path, json=data, headers=headers)
        try:
            serve.expect(response, 201 if method == "POST" else 200, wants="an answer")
        except Verdict as verdict:
            if serve.errors:
                refuse_lazy_load(serve.errors.pop(), statements, verdict.look_at)
            raise
        answer: Json = response.json()
        return answer

    return ask


@pytest.mark.guideline("L171", "L222")
async def test_a_post_of_a_channel_can_be_read(ask: Ask) -> None:
    """A post is read together with its channel."""
    expect_post(await ask("GET", f"{POSTS}/{QRS}"), "Reading a wide QRS at 3 a.m.", ROUNDS)


@pytest.mark.guideline("L171", "L222")
async def test_a_post_can_be_written_in_a_channel(ask: Ask, postgres: PostgresDatabase) -> None:
    """A post that has only now been written in a channel is answered with it."""
    data = {"title": "Spots on day three", "channel_slug": FEVERS["slug"]}
    post = await ask("POST", POSTS, data)
    expect_post(post, data["title"], FEVERS)
    await expect_stored(postgres, post)


@pytest.mark.guideline("L171", "L222")
async def test_a_post_of_a_channel_can_be_renamed(ask: Ask, postgres: PostgresDatabase) -> None:
    """A change is answered with the channel, too, and with the time of the change."""
    post = await ask("PATCH", f"{POSTS}/{QRS}", {"title": "A wide QRS"})
    expect_post(post, "A wide QRS", ROUNDS)
    await expect_stored(postgres, post)


@pytest.mark.guideline("L171", "L222")
async def test_the_feed_shows_every_channel_at_one_cost(
    ask: Ask, postgres: PostgresDatabase, sql_probe: SqlProbe
) -> None:
    """The feed shows each post with its channel, by as many statements for 30 as for 3."""
    counts: list[Statements] = []
    for numbers in (range(3), range(3, 30)):
        await add_posts(postgres, numbers)
        await ask("GET", f"{POSTS}?limit=1")  # a new connection does not count
        with sql_probe.record() as statements:
            feed = await ask("GET", f"{POSTS}?limit={numbers.stop}")
        counts.append(statements)
        for number, post in zip(reversed(range(numbers.stop)), feed["items"], strict=True):
            ward = {"slug": f"ward-{number}", "name": f"Ward {number}"}
            expect_post(post, f"Case {number}", ward)
    few, many = counts
    sql_probe.assert_same_count(few, many, sizes=(3, 30), noun="posts", wants=SAME_COUNT)


@pytest.mark.parametrize("post_id", [QRS, ANKLES], ids=["from-another-channel", "from-none"])
async def test_a_post_that_moves_is_shown_where_it_is(
    post_id: UUID, ask: Ask, postgres: PostgresDatabase
) -> None:
    """A post that moves into a channel is answered with this channel, not with the one before."""
    post = await ask("PUT", f"{IN_FEVERS}/{post_id}")
    expect_post(post, str(post["title"]), FEVERS)
    await expect_stored(postgres, post)


async def test_a_channel_lists_its_own_posts(ask: Ask, postgres: PostgresDatabase) -> None:
    """A channel lists its own posts, the newest first, as many as were asked for."""
    await add_posts(postgres, range(3))
    await postgres.execute(
        "UPDATE posts SET channel_id = (SELECT id FROM channels WHERE slug = $1)"
        " WHERE title LIKE 'Case%'",
        ROUNDS["slug"],
    )
    listed = (await ask("GET", f"{IN_ROUNDS}?limit=2"))["items"]
    expect_equal(len(listed), 2, name="the number of posts", wants="2 of 4 posts")
    for number, post in zip((2, 1), listed, strict=True):
        expect_post(post, f"Case {number}", ROUNDS)
    expect_equal((await ask("GET", IN_FEVERS))["items"], [], name="posts", wants="none")


async def test_a_post_may_have_no_channel(ask: Ask, postgres: PostgresDatabase) -> None:
    """A post outside all channels is read, listed, written and renamed as it always was."""
    expect_post(await ask("GET", f"{POSTS}/{ANKLES}"), "When is a plain film enough?", None)
    for post in (
        await ask("POST", POSTS, {"title": "A murmur at the bedside"}),
        await ask("PATCH", f"{POSTS}/{ANKLES}", {"title": "A plain film"}),
    ):
        expect_post(post, str(post["title"]), None)
        await expect_stored(postgres, post)
    await postgres.execute("UPDATE posts SET channel_id = NULL")
    titles = [post["title"] for post in (await ask("GET", POSTS))["items"]]
    expect_equal(
        titles,
        ["A murmur at the bedside", "Reading a wide QRS at 3 a.m.", "A plain film"],
        name="titles",
        wants="every post, the newest first",
    )


async def test_who_may_not_is_refused(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """What is not there is a 404, another doctor's post a 403, and both change nothing."""
    before = await postgres.fetch("SELECT * FROM posts ORDER BY id")
    new = {"title": "Spots on day three"}
    unknown = "/api/v1/channels/unknown/posts"
    for method, path, who, data, status in (
        ("GET", f"{POSTS}/{uuid4()}", ASHA, None, 404),
        ("PATCH", f"{POSTS}/{uuid4()}", ASHA, new, 404),
        ("PUT", f"{IN_FEVERS}/{uuid4()}", ASHA, None, 404),
        ("POST", POSTS, ASHA, {**new, "channel_slug": "unknown"}, 404),
        ("GET", unknown, ASHA, None, 404),
        ("PUT", f"{unknown}/{QRS}", ASHA, None, 404),
        ("PATCH", f"{POSTS}/{QRS}", ROHAN, new, 403),
        ("PUT", f"{IN_FEVERS}/{QRS}", ROHAN, None, 403),
    ):
        response = await client.request(method, path, json=data, headers={"X-User-Id": str(who)})
        serve.expect(response, status, wants=REFUSED)
    after = await postgres.fetch("SELECT * FROM posts ORDER BY id")
    expect_equal(after, before, name="the posts", wants="nothing changed by a refusal")


def refuse_lazy_load(error: Escaped, statements: Statements, look_at: str | None) -> None:
    """Say which relationship was read too late, where that is what the app raised."""
    __tracebackhide__ = True
    raised = type(error.exception).__name__
    said = f"{raised}: {error.exception}"
    kind = re.search(r"MissingGreenlet|DetachedInstanceError|lazy='raise'", said)
    if kind is None:
        return
    field = re.search(r"'loc': \(.*?'(\w+)'\)", said)
    what = f"`{field[1]}` for the answer" if field else "a relationship"
    # What forbids the load is an option; the exception has no name of its own.
    name = "InvalidRequestError" if kind[0] == "lazy='raise'" else kind[0]
    why = ", as lazy='raise' forbids it" if name != kind[0] else ""
    log = "" if raised == name else f";\nthe log calls it {raised}"
    source = None if name == "DetachedInstanceError" else origin(statements)
    came = f"\nthe post came without its channel from {source}" if source else ""
    refuse(
        saw=f"500 for {error.request}:\nreading {what} raised {name}{why}{log}{came}",
        wants=LOADED,
        look_at=source or look_at,
    )


def origin(statements: Statements) -> str | None:
    """Return where the post was read or made, if no statement since then asked for its channel."""
    for index, one in enumerate(statements):
        if re.match("INSERT INTO posts|SELECT .*posts.title", one.text, re.DOTALL):
            asked = any("channels" in later.text for later in statements.items[index:])
            known = one.where and one.where.file == SERVICE
            return None if asked or not known else str(one.where)
    return None


def expect_post(post: Json, title: str, channel: dict[str, str] | None) -> None:
    """Demand that a post is shown with this title and this channel."""
    __tracebackhide__ = True
    expect_equal(post["title"], title, name="the title", wants="the post that was asked for")
    expect_equal(
        post.get("channel", "absent"),
        channel,
        name=f"the channel of {title!r}",
        wants=ITS_CHANNEL,
        look_at=SERVICE,
    )


async def expect_stored(postgres: PostgresDatabase, post: Json) -> None:
    """Demand that the database has what was answered, and the time at which it was stored."""
    __tracebackhide__ = True
    (row,) = await postgres.fetch(STORED, UUID(post["post_id"]))
    channel = {"slug": row["slug"], "name": row["name"]} if row["slug"] else None
    seen = {"title": row["title"], "channel": channel, "updated_at": row["updated_at"]}
    answered = {name: post[name] for name in ("title", "channel")}
    answered["updated_at"] = datetime.fromisoformat(post["updated_at"])
    expect_equal(seen, answered, name="what is stored", wants="what was answered")
