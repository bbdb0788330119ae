"""Example rows: every post has an author of its own and two comments by two other people."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from docfliq_katas.database import PostgresDatabase

from src.database import Base

CHANNEL = "cardiology-rounds"
_START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


async def create_tables(postgres: PostgresDatabase) -> UUID:
    """Create the tables and the one channel; return the channel's id."""
    await postgres.create_tables(Base.metadata)
    channel_id = uuid4()
    await postgres.execute("INSERT INTO channels (id, slug) VALUES ($1, $2)", channel_id, CHANNEL)
    return channel_id


async def add_posts(postgres: PostgresDatabase, channel_id: UUID, numbers: range) -> None:
    """Publish one post for each number, the higher the later."""
    users: list[tuple[UUID, str, str]] = []
    posts: list[tuple[UUID, UUID, UUID, str, datetime]] = []
    comments: list[tuple[UUID, UUID, UUID, str, datetime]] = []
    for number in numbers:
        author, first, second = (
            (uuid4(), f"Dr. {role} {number}", "cardiology")
            for role in ("Author", "Reader", "Colleague")
        )
        at = _START + timedelta(hours=number)
        post = (uuid4(), author[0], channel_id, f"Case {number}: a wide QRS at 3 a.m.", at)
        users += [author, first, second]
        posts.append(post)
        comments += [
            (uuid4(), post[0], first[0], f"Question {number}", at + timedelta(minutes=1)),
            (uuid4(), post[0], second[0], f"Answer {number}", at + timedelta(minutes=2)),
        ]
    await postgres.executemany(
        "INSERT INTO users (id, full_name, specialty) VALUES ($1, $2, $3)", users
    )
    await postgres.executemany(
        "INSERT INTO posts (id, author_id, channel_id, title, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        posts,
    )
    await postgres.executemany(
        "INSERT INTO comments (id, post_id, author_id, body, created_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        comments,
    )


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 38`."""
    await add_posts(postgres, await create_tables(postgres), range(30))
