"""Every list has an end: a limit, checked parameters, and an order that leaves no doubt."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient

from seed import ASHA, CHANNEL, OTHER_CHANNEL, QRS, add_rows, create_tables
from src.main import create_app

COMMENTS = f"/api/v1/posts/{QRS}/comments"
FOLLOWERS = f"/api/v1/users/{ASHA}/followers"
CHANNEL_PAGE = f"/api/v1/channels/{CHANNEL}"
Params = dict[str, int]

LISTS = {"comments": COMMENTS, "followers": FOLLOWERS}
IDS = {"comments": "comment_id", "followers": "user_id"}
A_FEW, MANY = 30, 300
PAGE = 10
ASKED_FOR = [  # of 30 rows, and of 300: an answer of ten rows, then one of twenty
    ("the first page", {"page": 1, "page_size": PAGE}, {"page": 1, "page_size": PAGE}),
    ("the last page", {"page": 3, "page_size": PAGE}, {"page": 30, "page_size": PAGE}),
    ("without parameters", {}, {}),
]
OUTSIDE = [
    *(("page", value) for value in ("-1", "0", "1001", "1000000000", "1" + "0" * 30, "two")),
    *(("page_size", value) for value in ("-1", "0", "101", "1000000000", "1" + "0" * 30, "all")),
]
INSIDE: list[tuple[Params, int]] = [
    ({}, 20),
    ({"page": 1}, 20),
    ({"page": 1000}, 0),
    ({"page_size": 1}, 1),
    ({"page_size": 100}, 100),
    ({"page": 2, "page_size": 100}, 20),
    ({"page": 1000, "page_size": 100}, 0),
]

Read = Callable[..., Awaitable[Any]]
RowsFor = Callable[..., Awaitable[Counter[str]]]


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await create_tables(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
def read(client: AsyncClient, serve: Serve) -> Read:
    """Return a function that reads a route and returns the JSON of its answer."""

    async def read(path: str, params: Params | None = None) -> Any:
        response = await client.get(path, params=params)
        return serve.expect(response, 200, wants="an answer within the bounds").json()

    return read


@pytest.fixture
def rows_for(read: Read, postgres: PostgresDatabase, sql_probe: SqlProbe) -> RowsFor:
    """Return a function that reads a route, and returns how many rows each statement asks for."""

    async def rows_for(path: str, params: Params | None = None) -> Counter[str]:
        with sql_probe.record() as statements:
            await read(path, params)
        rows: Counter[str] = Counter()
        for statement in statements:
            if statement.rows is None:  # a cursor: what it stands for, fetched or not
                plan = await sql_probe.plan(statement, postgres.url)
                rows[str(statement.where)] += plan.nodes[0].rows
            else:
                rows[str(statement.where)] += statement.rows
        return rows

    return rows_for


@pytest.mark.guideline("L172")
@pytest.mark.parametrize("path", LISTS.values(), ids=LISTS)
async def test_a_page_asks_for_its_own_rows(
    path: str, rows_for: RowsFor, postgres: PostgresDatabase
) -> None:
    """A page costs the rows that it shows, the first one and the last one, of 30 and of 300."""
    await add_rows(postgres, range(A_FEW))
    few = {name: await rows_for(path, params) for name, params, _ in ASKED_FOR}
    await add_rows(postgres, range(A_FEW, MANY))
    many = {name: await rows_for(path, params) for name, _, params in ASKED_FOR}
    expect_no_more(few, many)


@pytest.mark.guideline("L172")
async def test_a_channel_asks_for_the_posts_that_it_shows(
    rows_for: RowsFor, postgres: PostgresDatabase
) -> None:
    """A list inside an object is a list, too: five titles cost five rows, of 30 and of 300."""
    await add_rows(postgres, range(A_FEW))
    few = await rows_for(CHANNEL_PAGE)
    await add_rows(postgres, range(A_FEW, MANY))
    expect_no_more({"the channel": few}, {"the channel": await rows_for(CHANNEL_PAGE)})


@pytest.mark.guideline("L286")
@pytest.mark.parametrize("path", LISTS.values(), ids=LISTS)
async def test_a_parameter_outside_its_bounds_is_refused(
    path: str, client: AsyncClient, postgres: PostgresDatabase, sql_probe: SqlProbe
) -> None:
    """-1, 0 and a billion are a 422 that costs the database nothing."""
    await add_rows(postgres, range(A_FEW))
    wrong = []
    for name, value in OUTSIDE:
        with sql_probe.record() as statements:
            response = await client.get(path, params={name: value})
        if response.status_code != 422:
            shown = value if len(value) < 12 else f"{value[:4]}… ({len(value)} digits)"
            wrong.append(f"{response.status_code} for {name}={shown}")
        elif statements.count:
            wrong.append(f"{statements.count} statements before the 422 for {name}={value}")
    if wrong:
        refuse(
            saw="\n".join(wrong),
            wants="a 422 for a page outside 1 to 1000 and a page_size outside 1 to 100",
            look_at="src/pagination.py, src/posts/router.py, src/users/router.py",
        )


@pytest.mark.guideline("L172")
@pytest.mark.parametrize("name", LISTS)
async def test_each_row_is_on_exactly_one_page(
    name: str, read: Read, postgres: PostgresDatabase
) -> None:
    """Who turns the pages sees each row once, also where all have one time, and one text."""
    await add_rows(postgres, range(A_FEW), minutes_apart=0)
    every = await make_alike(postgres, name)
    seen: list[str] = []
    for page in range(1, A_FEW):
        items = (await read(LISTS[name], {"page": page, "page_size": PAGE}))["items"]
        shown = [item[IDS[name]] for item in items]
        seen += shown
        if len(items) < PAGE:
            break
        await move(postgres, shown)
    else:
        refuse(
            saw=f"{A_FEW - 1} pages of {PAGE} {name}, and none of them short; there are {A_FEW}",
            wants="a short or an empty page at the end",
        )
    twice = [row for row, times in Counter(seen).items() if times > 1]
    lost = every.difference(seen)
    if twice or lost:
        refuse(
            saw=f"of {A_FEW} {name} in pages of {PAGE}, {len(twice)} came twice, and {len(lost)}"
            " never; all of them have the same created_at, and the same text or name",
            wants="an order in which no two rows are equal",
            look_at="src/posts/service.py" if name == "comments" else "src/users/service.py",
        )


@pytest.mark.guideline("L286")
async def test_the_bounds_belong_to_what_is_allowed(read: Read, postgres: PostgresDatabase) -> None:
    """The smallest and the largest values are answered, and a page behind the end is empty."""
    await add_rows(postgres, range(120))
    for name, path in LISTS.items():
        for params, size in INSIDE:
            expect_equal(
                len((await read(path, params))["items"]),
                size,
                name=f"the number of {name} of 120, asked for with {params or 'nothing'},",
                wants="as many as were asked for, by default 20",
            )


async def test_comments_are_those_of_the_post_oldest_first(
    read: Read, postgres: PostgresDatabase
) -> None:
    """A post has its own comments, the oldest first."""
    await add_rows(postgres, range(11, -1, -1))
    await add_rows(postgres, range(5), mine=False)
    items = (await read(COMMENTS, {"page": 1, "page_size": 12}))["items"]
    bodies = [comment["body"] for comment in items]
    oldest_first = [f"Comment {n}" for n in range(12)]
    expect_equal(bodies, oldest_first, name="bodies", wants="its own, oldest first")
    expect_equal(
        set(items[0]), {"comment_id", "body", "created_at"}, name="keys", wants="as before"
    )


async def test_followers_are_those_of_the_doctor_newest_first(
    read: Read, postgres: PostgresDatabase
) -> None:
    """A doctor has her own followers, the newest first."""
    await add_rows(postgres, range(12))
    await add_rows(postgres, range(20, 25), mine=False)
    for page, numbers in ((1, range(11, 6, -1)), (2, range(6, 1, -1)), (3, (1, 0))):
        answer = await read(FOLLOWERS, {"page": page, "page_size": 5})
        names = [user["full_name"] for user in answer["items"]]
        newest_first = [f"Follower {n}" for n in numbers]
        expect_equal(names, newest_first, name=f"names on page {page}", wants="newest first")


async def test_a_channel_shows_its_five_newest_posts(
    read: Read, client: AsyncClient, serve: Serve, postgres: PostgresDatabase
) -> None:
    """A channel shows its own newest posts, five at most, and may have none."""
    await add_rows(postgres, range(8))
    await add_rows(postgres, range(20, 23), mine=False)
    for slug, numbers in ((CHANNEL, range(7, 2, -1)), (OTHER_CHANNEL, range(22, 19, -1))):
        channel = await read(f"/api/v1/channels/{slug}")
        titles = [post["title"] for post in channel["latest_posts"]]
        expect_equal(titles, [f"Post {n}" for n in numbers], name="titles", wants="newest first")
        expect_equal(channel["slug"], slug, name="slug", wants="the channel that was asked for")
    await postgres.execute("DELETE FROM posts WHERE channel_id IS NOT NULL")
    channel = await read(CHANNEL_PAGE)
    expect_equal(channel["latest_posts"], [], name="latest_posts", wants="a channel without posts")
    response = await client.get("/api/v1/channels/unknown")
    serve.expect(response, 404, wants="404 for a channel that is not there")


def expect_no_more(few: dict[str, Counter[str]], many: dict[str, Counter[str]]) -> None:
    """Demand that each answer asks for as many rows of a large table as of a small one."""
    __tracebackhide__ = True
    grown = {
        name: many[name] - few[name] for name in many if many[name].total() > few[name].total()
    }
    if grown:
        places = dict.fromkeys(place for more in grown.values() for place in more)
        refuse(
            saw="\n".join(
                f"{name}: {many[name].total()} rows asked for with {MANY} in the table,"
                f" {few[name].total()} with {A_FEW}"
                for name in grown
            ),
            wants="the rows that are shown, and the others left in the database",
            look_at=", ".join(places),
        )


async def make_alike(postgres: PostgresDatabase, name: str) -> set[str]:
    """Give all comments one text and all followers one name; return the ids of the list."""
    await postgres.execute("UPDATE comments SET body = 'Thank you!'")
    await postgres.execute(
        "UPDATE users SET full_name = 'Dr. Anil Kumar' WHERE full_name LIKE 'Follower %'"
    )
    rows = await postgres.fetch(
        "SELECT id FROM comments" if name == "comments" else "SELECT follower_id AS id FROM follows"
    )
    return {str(row["id"]) for row in rows}


async def move(postgres: PostgresDatabase, shown: list[str]) -> None:
    """Store rows at another place of the table, where PostgreSQL puts them when they are edited."""
    await postgres.execute(
        "WITH old AS (DELETE FROM comments WHERE id = ANY ($1::uuid[]) RETURNING *)"
        " INSERT INTO comments SELECT * FROM old",
        shown,
    )
    await postgres.execute(
        "WITH edited AS (UPDATE users SET specialty = specialty WHERE id = ANY ($1::uuid[])"
        " RETURNING id), old AS (DELETE FROM follows WHERE follower_id IN (SELECT id FROM edited)"
        " RETURNING *) INSERT INTO follows SELECT * FROM old",
        shown,
    )
