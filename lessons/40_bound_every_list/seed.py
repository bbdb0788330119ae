"""Example rows: a post with comments, a channel with posts, a doctor with followers."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the tables belong to the metadata
from src.users import models as _users  # noqa: F401

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
QRS = UUID("00000000-0000-4000-8000-0000000000b1")
ANKLES = UUID("00000000-0000-4000-8000-0000000000b2")
CHANNEL = "cardiology-rounds"
OTHER_CHANNEL = "bone-and-joint"
START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


async def create_tables(postgres: PostgresDatabase) -> None:
    """Create the tables, with two doctors, two channels and two posts outside them."""
    await postgres.create_tables(Base.metadata)
    await postgres.execute(
        "INSERT INTO users (id, full_name)"
        " VALUES ($1, 'Dr. Asha Menon'), ($2, 'Dr. Rohan Kulkarni')",
        ASHA,
        ROHAN,
    )
    await postgres.execute(
        "INSERT INTO channels (id, slug, name) SELECT gen_random_uuid(), slug, initcap(slug)"
        " FROM unnest($1::text[]) slug",
        [CHANNEL, OTHER_CHANNEL],
    )
    await postgres.execute(
        "INSERT INTO posts (id, title, body)"
        " VALUES ($1, 'Reading a wide QRS at 3 a.m.', ''), ($2, 'Ankle fractures', '')",
        QRS,
        ANKLES,
    )


async def add_rows(
    postgres: PostgresDatabase, numbers: range, *, minutes_apart: int = 1, mine: bool = True
) -> None:
    """Add a comment, a post and a follower for each number, the higher the later.

    Args:
        postgres: The database.
        numbers: What to number them by.
        minutes_apart: 0 gives all of them the same time, as an import in one transaction does.
        mine: To the post, the channel and the doctor that the tests look at; else to the others.

    """
    series = list(numbers)
    times = [START + timedelta(minutes=minutes_apart * number) for number in numbers]
    await postgres.execute(
        "INSERT INTO comments (id, post_id, body, created_at)"
        " SELECT gen_random_uuid(), $3, 'Comment ' || n, at"
        " FROM unnest($1::int[], $2::timestamptz[]) AS t(n, at)",
        series,
        times,
        QRS if mine else ANKLES,
    )
    await postgres.execute(
        "INSERT INTO posts (id, channel_id, title, body, created_at)"
        " SELECT gen_random_uuid(), c.id, 'Post ' || n, repeat('x', 1000), at"
        " FROM unnest($1::int[], $2::timestamptz[]) AS t(n, at) JOIN channels c ON slug = $3",
        series,
        times,
        CHANNEL if mine else OTHER_CHANNEL,
    )
    await postgres.execute(
        "WITH numbered AS (SELECT gen_random_uuid() AS id, n, at"
        " FROM unnest($1::int[], $2::timestamptz[]) AS t(n, at)),"
        " added AS (INSERT INTO users (id, full_name, specialty)"
        " SELECT id, 'Follower ' || n, 'cardiology' FROM numbered)"
        " INSERT INTO follows (follower_id, followee_id, created_at)"
        " SELECT id, $3, at FROM numbered",
        series,
        times,
        ASHA if mine else ROHAN,
    )


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 40`."""
    await create_tables(postgres)
    await add_rows(postgres, range(3000))
