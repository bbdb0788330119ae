"""A list costs a fixed number of statements, however long it is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe, Statements
from httpx import AsyncClient

from seed import CHANNEL, add_posts, create_tables
from src.main import create_app

FEED = "/api/v1/posts"
CHANNEL_FEED = f"/api/v1/channels/{CHANNEL}/posts"
SAME_COUNT = "the same number of statements for any number of posts"

Page = list[dict[str, Any]]
Read = Callable[..., Awaitable[Page]]
StatementsFor = Callable[[str, int], Awaitable[Statements]]


@pytest.fixture
async def channel_id(postgres: PostgresDatabase) -> UUID:
    return await create_tables(postgres)


@pytest.fixture
async def client(channel_id: UUID, serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def read(client: AsyncClient, serve: Serve) -> Read:
    """Return a function that reads a list and returns its cards."""

    async def read(path: str, limit: int = 100) -> Page:
        response = await client.get(path, params={"limit": limit})
        cards: Page = serve.expect(response, 200, wants="status 200, and a list of posts").json()[
            "items"
        ]
        return cards

    return read


@pytest.fixture
def statements_for(
    read: Read, postgres: PostgresDatabase, channel_id: UUID, sql_probe: SqlProbe
) -> StatementsFor:
    """Return a function that reads a list of a size; a new connection does not count."""

    async def statements_for(path: str, size: int) -> Statements:
        known = await postgres.fetchval("SELECT count(*) FROM posts")
        await add_posts(postgres, channel_id, range(known, size))
        await read(path, limit=1)
        with sql_probe.record() as statements:
            cards = await read(path)
        expect_equal(len(cards), size, name="the number of cards", wants="every post in the list")
        return statements

    return statements_for


@pytest.mark.guideline("L170", "L223")
async def test_the_feed_costs_the_same_for_3_and_for_30_posts(
    statements_for: StatementsFor, sql_probe: SqlProbe
) -> None:
    """Reading the feed takes as many statements for 30 posts as for 3."""
    few = await statements_for(FEED, 3)
    many = await statements_for(FEED, 30)
    sql_probe.assert_same_count(few, many, sizes=(3, 30), noun="posts", wants=SAME_COUNT)


@pytest.mark.guideline("L170", "L223")
async def test_a_channel_costs_the_same_for_3_and_for_30_posts(
    statements_for: StatementsFor, sql_probe: SqlProbe
) -> None:
    """Reading a channel takes as many statements for 30 posts as for 3."""
    few = await statements_for(CHANNEL_FEED, 3)
    many = await statements_for(CHANNEL_FEED, 30)
    sql_probe.assert_same_count(few, many, sizes=(3, 30), noun="posts", wants=SAME_COUNT)


@pytest.mark.parametrize("path", [FEED, CHANNEL_FEED], ids=["feed", "channel"])
async def test_every_card_carries_its_author_and_its_comments(
    path: str, read: Read, postgres: PostgresDatabase, channel_id: UUID
) -> None:
    """A card names its author, and its comments with theirs, oldest comment first."""
    await add_posts(postgres, channel_id, range(2))
    newest, oldest = await read(path)
    for card, number in ((newest, 1), (oldest, 0)):
        del card["post_id"]
        expect_equal(card, _card(number), name="card", wants="the card as it was before")


@pytest.mark.parametrize("path", [FEED, CHANNEL_FEED], ids=["feed", "channel"])
async def test_a_page_holds_the_newest_posts(
    path: str, read: Read, postgres: PostgresDatabase, channel_id: UUID
) -> None:
    """A limited page holds whole posts, the newest first."""
    await add_posts(postgres, channel_id, range(7))
    titles = [card["title"][:6] for card in await read(path, limit=3)]
    expect_equal(titles, ["Case 6", "Case 5", "Case 4"], name="titles", wants="3 of 7 posts")


@pytest.mark.parametrize("path", [FEED, CHANNEL_FEED], ids=["feed", "channel"])
async def test_a_page_reads_no_more_rows_when_the_tables_grow(
    path: str, read: Read, postgres: PostgresDatabase, channel_id: UUID, sql_probe: SqlProbe
) -> None:
    """A page of 3 posts reads the rows of 3 posts, also when there are 30."""
    rows = []
    for size in (range(3), range(3, 30)):
        await add_posts(postgres, channel_id, size)
        await read(path, limit=1)
        with sql_probe.record() as statements:
            await read(path, limit=3)
        rows.append(statements.rows)
    in_small, in_large = rows
    expect_equal(in_large, in_small, name="rows read for a page of 3", wants="the rows of the page")


@pytest.mark.parametrize("path", [FEED, CHANNEL_FEED], ids=["feed", "channel"])
async def test_a_post_without_comments_is_listed(
    path: str, read: Read, postgres: PostgresDatabase, channel_id: UUID
) -> None:
    """A post that nobody commented on is listed, with an empty list of comments."""
    await add_posts(postgres, channel_id, range(2))
    await postgres.execute("DELETE FROM comments WHERE body LIKE '%1'")
    counts = [len(card["comments"]) for card in await read(path)]
    expect_equal(counts, [0, 2], name="comments per card", wants="both posts, comments or not")


async def test_a_channel_lists_only_its_own_posts(
    read: Read, postgres: PostgresDatabase, channel_id: UUID
) -> None:
    """A post without a channel, or in another one, is in the feed and not in this channel."""
    await add_posts(postgres, channel_id, range(3))
    other = await postgres.fetchval(
        "INSERT INTO channels (id, slug) VALUES (gen_random_uuid(), 'bone-and-joint') RETURNING id"
    )
    await postgres.execute("UPDATE posts SET channel_id = NULL WHERE title LIKE 'Case 0%'")
    await postgres.execute("UPDATE posts SET channel_id = $1 WHERE title LIKE 'Case 1%'", other)
    expect_equal(len(await read(FEED)), 3, name="posts in the feed", wants="every post")
    titles = [card["title"][:6] for card in await read(CHANNEL_FEED)]
    expect_equal(titles, ["Case 2"], name="titles in the channel", wants="the channel's own post")


async def test_an_unknown_channel_is_empty(read: Read) -> None:
    """A channel that nobody has written in is an empty list, not an error."""
    expect_equal(await read("/api/v1/channels/unknown/posts"), [], name="posts", wants="none")


def _card(number: int) -> dict[str, object]:
    return {
        "title": f"Case {number}: a wide QRS at 3 a.m.",
        "created_at": f"2026-03-02T0{3 + number}:00:00Z",
        "author": {"full_name": f"Dr. Author {number}", "specialty": "cardiology"},
        "comments": [
            {
                "body": f"Question {number}",
                "author": {"full_name": f"Dr. Reader {number}", "specialty": "cardiology"},
            },
            {
                "body": f"Answer {number}",
                "author": {"full_name": f"Dr. Colleague {number}", "specialty": "cardiology"},
            },
        ],
    }
