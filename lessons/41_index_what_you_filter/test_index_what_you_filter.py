"""What a statement filters and sorts by is served by an index."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.plans import Plan
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient

from seed import LARGE, SMALL, add_at_once, add_posts, add_some, add_users, create_tables
from src.main import create_app

LIMIT = 20
MOST_PAGES = (
    40  # a right answer touches about one for each post of the page; the tables have hundreds
)
INDEXES_TODAY = 6

COLUMNS = (
    "channels.slug varchar(150) NO",
    "posts.author_id uuid NO",
    "posts.channel_id uuid YES",
    "posts.title varchar(300) NO",
    "posts.body varchar(5000) NO",
    "posts.status varchar(20) NO",
    "posts.created_at timestamptz NO",
    "users.email varchar(255) NO",
    "users.full_name varchar(150) NO",
)

TWICE = "FROM generate_series(1, 2) ON CONFLICT DO NOTHING"
# For each column without doubles: a statement that tries to add two, and one that counts.
UNIQUE = {
    "channels.slug": (
        f"INSERT INTO channels (id, slug) SELECT gen_random_uuid(), 'a' {TWICE}",
        "SELECT count(*) FROM channels",
    ),
    "users.email": (
        f"INSERT INTO users (id, email, full_name) SELECT gen_random_uuid(), 'a', 'Rao' {TWICE}",
        "SELECT count(*) FROM users",
    ),
}

Read = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def tables(postgres: PostgresDatabase) -> None:
    await create_tables(postgres)


@pytest.fixture
async def many_users(postgres: PostgresDatabase, tables: None) -> None:
    """Fill a table as in production, in small: 12 000 users."""
    await add_users(postgres, 12_000)


@pytest.fixture
async def many_posts(postgres: PostgresDatabase, tables: None) -> None:
    """Fill two tables as in production, in small: 12 000 posts in 100 channels."""
    await add_users(postgres, 1)
    await add_posts(postgres)


@pytest.fixture
async def client(tables: None, serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def read(
    client: AsyncClient, postgres: PostgresDatabase, sql_probe: SqlProbe, serve: Serve
) -> Read:
    """Return a function that calls a route, checks its statements, and returns the answer."""

    async def read(path: str, params: dict[str, str | int], of: str = "") -> dict[str, Any]:
        with sql_probe.record() as statements:
            response = await client.get(path, params=params)
        serve.expect(response, 200, wants="an answer as before")
        for statement in statements:
            plan = await sql_probe.plan(statement, postgres.url)
            expect_few_pages(plan, of=of, look_at=str(statement.where))
        answer: dict[str, Any] = response.json()
        return answer

    return read


@pytest.mark.guideline("L173", "L177")
async def test_a_page_of_a_channel_costs_a_page(many_posts: None, read: Read) -> None:
    """Twenty posts of a channel cost a few pages, however many there are in it, or elsewhere."""
    for slug, size in ((SMALL, 40), (LARGE, 4000)):
        path = f"/api/v1/channels/{slug}/posts"
        answer = await read(path, {"limit": LIMIT}, of=f"a channel of {size} posts: ")
        expect_equal(len(answer["items"]), LIMIT, name="posts", wants="a full page")


@pytest.mark.guideline("L173", "L177")
async def test_a_user_is_found_without_reading_them_all(many_users: None, read: Read) -> None:
    """One address, in any spelling, is looked up among 12 000 in a few pages."""
    answer = await read("/api/v1/users", {"email": "doctor.7777@EXAMPLE.org"})
    expect_equal(answer["full_name"], "Dr. Number 7777", name="full_name", wants="that user")


@pytest.mark.guideline("L177")
async def test_writes_pay_for_two_indexes_at_most(postgres: PostgresDatabase, tables: None) -> None:
    """Every index makes every write slower: two more are enough."""
    names = await postgres.fetch(
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"
    )
    if len(names) > INDEXES_TODAY + 2:
        refuse(
            saw=f"{len(names)} indexes, {len(names) - INDEXES_TODAY} more than today: "
            + ", ".join(row["indexname"] for row in names),
            wants="at most two more, each for a statement that is sent",
            look_at="src/posts/models.py, src/users/models.py",
        )


async def test_the_tables_keep_their_columns(postgres: PostgresDatabase, tables: None) -> None:
    """An index is added to a table; its columns, their types and what is unique stay."""
    columns = await postgres.fetch(
        "SELECT table_name || '.' || column_name || ' ' || udt_name ||"
        " coalesce('(' || character_maximum_length || ')', '') || ' ' || is_nullable AS told"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    seen = {row["told"] for row in columns}
    lost = [line for line in COLUMNS if line not in seen]
    if lost:
        refuse(
            saw=f"missing or changed: {', '.join(lost)}",
            wants="the columns as before",
            look_at="src/posts/models.py, src/users/models.py",
        )
    for column, (add_two, count) in UNIQUE.items():
        await postgres.execute(add_two)
        if await postgres.fetchval(count) > 1:
            refuse(
                saw=f"two rows with the same {column} can be stored",
                wants="what is unique stays unique, by whichever index",
                look_at="src/users/models.py" if "users" in column else "src/posts/models.py",
            )


async def test_posts_of_one_moment_have_one_order(
    postgres: PostgresDatabase, tables: None, read: Read
) -> None:
    """Posts of the same moment come by their ids, the highest first, whatever index is used."""
    await add_some(postgres)
    numbers = [3, 1, 5, 2, 6, 4]
    await add_at_once(postgres, numbers)
    answer = await read(f"/api/v1/channels/{LARGE}/posts", {"limit": 6})
    titles = [post["title"] for post in answer["items"]]
    by_id = [f"At once {number}" for number in sorted(numbers, reverse=True)]
    if titles != by_id:
        refuse(
            saw=f"six posts of one moment come as {', '.join(titles)}",
            wants="the highest id first, as before, so that no post is on two pages",
            look_at="src/posts/service.py",
        )


async def test_a_channel_lists_its_published_posts(
    postgres: PostgresDatabase, tables: None, read: Read
) -> None:
    """A channel shows its own published posts, the newest first."""
    await add_some(postgres)
    answer = await read(f"/api/v1/channels/{SMALL}/posts", {"limit": 10})
    titles = [post["title"] for post in answer["items"]]
    newest_first = ["Case 8", "Case 6", "Case 2"]
    expect_equal(titles, newest_first, name="titles", wants="published, newest first")
    answer = await read(f"/api/v1/channels/{SMALL}/posts", {"limit": 2})
    expect_equal(len(answer["items"]), 2, name="posts", wants="as many as were asked for")
    answer = await read("/api/v1/channels/unknown/posts", {})
    expect_equal(answer["items"], [], name="posts of an unknown channel", wants="none")


async def test_the_spelling_of_an_address_does_not_matter(
    postgres: PostgresDatabase, tables: None, read: Read
) -> None:
    """Support finds a doctor by her address, in whatever case it was registered or typed."""
    await add_some(postgres)
    for spelling in ("Asha.Menon@example.org", "asha.menon@example.org", "ASHA.MENON@EXAMPLE.ORG"):
        answer = await read("/api/v1/users", {"email": spelling})
        expect_equal(answer["full_name"], "Dr. Asha Menon", name="full_name", wants="that user")


async def test_an_unknown_address_is_not_found(
    postgres: PostgresDatabase, client: AsyncClient, serve: Serve
) -> None:
    """An address that nobody has, or a part of one, is a 404."""
    await add_some(postgres)
    for email in ("nobody@example.org", "asha.menon", "%@example.org"):
        response = await client.get("/api/v1/users", params={"email": email})
        serve.expect(response, 404, wants="404 for an address that nobody has")


def expect_few_pages(plan: Plan, *, of: str, look_at: str) -> None:
    """Demand that a statement touched few pages of the database."""
    __tracebackhide__ = True
    if plan.pages <= MOST_PAGES:
        return
    worst = max(plan.nodes, key=lambda node: node.rows + node.removed)
    how = " on ".join(filter(None, (worst.kind, worst.index or worst.table)))
    rows = worst.rows + worst.removed
    read = (
        f"{worst.removed} of {rows} rows were read in vain"
        if worst.removed
        else f"{rows} rows were read"
    )
    refuse(
        saw=f"{of}{plan.pages} pages were touched, {read} ({how})",
        wants=f"an index that leads to the rows of the answer: {MOST_PAGES} pages are plenty",
        look_at=look_at,
    )
