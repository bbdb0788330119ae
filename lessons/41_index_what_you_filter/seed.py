"""Example rows: a few for the rules, and many for the planner."""

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the tables belong to the metadata
from src.users import models as _users  # noqa: F401

LARGE, SMALL = "cardiology-rounds", "bone-and-joint"


async def create_tables(postgres: PostgresDatabase) -> None:
    """Create the tables and their indexes, as the models have them."""
    await postgres.create_tables(Base.metadata)


async def add_some(postgres: PostgresDatabase) -> None:
    """Add one author, and nine posts: in two channels and in none, every other one published."""
    await postgres.execute(
        "INSERT INTO users (id, email, full_name)"
        " VALUES (gen_random_uuid(), 'Asha.Menon@example.org', 'Dr. Asha Menon')"
    )
    await postgres.execute(
        "INSERT INTO channels (id, slug) SELECT gen_random_uuid(), unnest($1::text[])",
        [LARGE, SMALL],
    )
    await postgres.execute(
        "INSERT INTO posts (id, author_id, channel_id, title, status, created_at)"
        " SELECT gen_random_uuid(), (SELECT id FROM users), c.id, 'Case ' || n,"
        " CASE WHEN n % 2 = 0 THEN 'PUBLISHED' ELSE 'DRAFT' END,"
        " '2026-03-02T03:00:00Z'::timestamptz + n * interval '1 hour'"
        " FROM unnest($1::int[], $2::text[]) AS t(n, slug)"
        " LEFT JOIN channels c ON c.slug = t.slug ORDER BY n % 5",
        [1, 2, 3, 4, 5, 6, 7, 8, 10],
        [SMALL, SMALL, SMALL, LARGE, SMALL, SMALL, SMALL, SMALL, None],
    )


async def add_at_once(postgres: PostgresDatabase, numbers: list[int]) -> None:
    """Add the newest posts of the large channel, all of one moment; their ids are the numbers."""
    await postgres.execute(
        "INSERT INTO posts (id, author_id, channel_id, title, status, created_at)"
        " SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, (SELECT id FROM users),"
        " (SELECT id FROM channels WHERE slug = $2), 'At once ' || n, 'PUBLISHED',"
        " '2026-03-09T03:00:00Z' FROM unnest($1::int[]) WITH ORDINALITY AS t(n, place)"
        " ORDER BY place",
        numbers,
        LARGE,
    )


async def add_users(postgres: PostgresDatabase, number: int) -> None:
    """Add that many users."""
    await postgres.execute(
        "INSERT INTO users (id, email, full_name) SELECT gen_random_uuid(),"
        " 'Doctor.' || n || '@example.org', 'Dr. Number ' || n FROM generate_series(1, $1::int) n",
        number,
    )
    await postgres.execute("ANALYZE users")


async def add_posts(postgres: PostgresDatabase) -> None:
    """Add 12 000 posts of a user: 4 000 in one channel, 40 in another, the rest in 98."""
    await postgres.execute(
        "INSERT INTO channels (id, slug) SELECT gen_random_uuid(),"
        " CASE n WHEN 0 THEN $1 WHEN 1 THEN $2 ELSE 'channel-' || n END"
        " FROM generate_series(0, 99) n",
        LARGE,
        SMALL,
    )
    await postgres.execute(
        "WITH numbered AS (SELECT id, row_number() OVER (ORDER BY slug <> $1, slug <> $2, slug) - 1"
        " AS number FROM channels), author AS (SELECT id FROM users LIMIT 1)"
        " INSERT INTO posts (id, author_id, channel_id, title, body, status, created_at)"
        " SELECT gen_random_uuid(), author.id, c.id, 'Case ' || n || ': what would you do?',"
        " repeat('x', 400),"
        " CASE WHEN n % 10 = 7 THEN 'DRAFT' ELSE 'PUBLISHED' END,"
        " '2026-03-02T03:00:00Z'::timestamptz + n * interval '1 minute'"
        " FROM generate_series(1, 12000) n CROSS JOIN author JOIN numbered c ON c.number ="
        " CASE WHEN n % 3 = 0 THEN 0 WHEN n % 300 = 1 THEN 1 ELSE 2 + n % 98 END",
        LARGE,
        SMALL,
    )
    await postgres.execute("ANALYZE posts, channels")


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 41`."""
    await create_tables(postgres)
    await add_users(postgres, 12_000)
    await add_posts(postgres)
