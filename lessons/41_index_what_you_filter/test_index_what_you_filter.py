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

from seed import LARGE, SMALL, add_many, add_some, create_tables
from src.main import create_app

LIMIT = 20
MOST_PAGES = (
    40  # a right answer touches about one for each post of the page; the tables have hundreds
)
INDEXES_TODAY = 6

COLUMNS = (
    "channels.slug varchar(150) NO",
    "channels.slug unique",
    "posts.author_id uuid NO",
    "posts.channel_id uuid YES",
    "posts.title varchar(300) NO",
    "posts.body varchar(5000) NO",
    "posts.status varchar(20) NO",
    "posts.created_at timestamptz NO",
    "users.email varchar(255) NO",
    "users.email unique",
    "users.full_name varchar(150) NO",
)

Read = Callable[[str, dict[str, str | int]], Awaitable[dict[str, Any]]]


@pytest.fixture
async def tables(postgres: PostgresDatabase) -> None:
    await create_tables(postgres)


@pytest.fixture
async def large(postgres: PostgresDatabase, tables: None) -> None:
    """Fill the tables as in production, in small: 12 000 users, 12 000 posts in 100 channels."""
    await add_many(postgres)


@pytest.fixture
async def client(tables: None, serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def read(
    client: AsyncClient, postgres: PostgresDatabase, sql_probe: SqlProbe, serve: Serve
) -> Read:
    """Return a function that calls a route, checks its statements, and returns the answer."""

    async def read(path: str, params: dict[str, str | int]) -> dict[str, Any]:
        with sql_probe.record() as statements:
            response = await client.get(path, params=params)
        serve.expect(response, 200, wants="an answer as before")
        for statement in statements:
            plan = await sql_probe.plan(statement, postgres.url)
            expect_few_pages(plan, look_at=str(statement.where))
        answer: dict[str, Any] = response.json()
        return answer

    return read


@pytest.mark.guideline("L173", "L177")
@pytest.mark.parametrize("slug", [LARGE, SMALL], ids=["a-channel-of-4000", "a-channel-of-40"])
async def test_a_page_of_a_channel_costs_a_page(large: None, slug: str, read: Read) -> None:
    """Twenty posts of a channel cost a few pages, however many there are in it, or elsewhere."""
    answer = await read(f"/api/v1/channels/{slug}/posts", {"limit": LIMIT})
    expect_equal(len(answer["items"]), LIMIT, name="posts", wants="a full page")


@pytest.mark.guideline("L173", "L177")
async def test_a_user_is_found_without_reading_them_all(large: None, read: Read) -> None:
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
    unique = await postgres.fetch(
        "SELECT conrelid::regclass || '.' || a.attname || ' unique' AS told FROM pg_constraint"
        " JOIN pg_attribute a ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'u'"
    )
    seen = {row["told"] for row in (*columns, *unique)}
    lost = [line for line in COLUMNS if line not in seen]
    expect_equal(lost, [], name="columns that are missing or changed", wants="tables as before")


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


@pytest.mark.parametrize(
    "spelling", ["Asha.Menon@example.org", "asha.menon@example.org", "ASHA.MENON@EXAMPLE.ORG"]
)
async def test_the_spelling_of_an_address_does_not_matter(
    postgres: PostgresDatabase, tables: None, read: Read, spelling: str
) -> None:
    """Support finds a doctor by her address, in whatever case it was registered or typed."""
    await add_some(postgres)
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


def expect_few_pages(plan: Plan, *, look_at: str) -> None:
    """Demand that a statement touched few pages of the database."""
    __tracebackhide__ = True
    if plan.pages <= MOST_PAGES:
        return
    worst = max(plan.nodes, key=lambda node: node.rows + node.removed)
    how = (
        f"{worst.kind} on {worst.index or worst.table}"
        if worst.table or worst.index
        else worst.kind
    )
    vain = f", {worst.removed} of them in vain" if worst.removed else ""
    refuse(
        saw=f"{plan.pages} pages were touched; {how} read {worst.rows + worst.removed} rows{vain}",
        wants=f"an index that leads to the rows of the answer: {MOST_PAGES} pages are plenty",
        look_at=look_at,
    )
