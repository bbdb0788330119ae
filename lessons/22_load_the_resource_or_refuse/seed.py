"""Example rows: two doctors, and of each a published post, a draft and a deleted post."""

from datetime import UTC, datetime
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the tables belong to the metadata

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")


def post_id(number: int) -> UUID:
    """Return the id of an example post."""
    return UUID(f"00000000-0000-4000-8000-0000000000b{number}")


OF_ASHA, DRAFT_OF_ASHA, DELETED_OF_ASHA = post_id(1), post_id(3), post_id(5)
OF_ROHAN, DRAFT_OF_ROHAN, DELETED_OF_ROHAN = post_id(2), post_id(4), post_id(6)
UNKNOWN = post_id(9)

POSTS = (
    (OF_ASHA, ASHA, "PUBLISHED", "Reading a wide QRS at 3 a.m."),
    (OF_ROHAN, ROHAN, "EDITED", "Ankle fractures: when is a plain film enough?"),
    (DRAFT_OF_ASHA, ASHA, "DRAFT", "Syncope in the cath lab queue"),
    (DRAFT_OF_ROHAN, ROHAN, "DRAFT", "A knee that would not bend"),
    (DELETED_OF_ASHA, ASHA, "SOFT_DELETED", "Written too late at night"),
    (DELETED_OF_ROHAN, ROHAN, "SOFT_DELETED", "Posted to the wrong channel"),
)

PAST = (  # not in their order, as rows come back from a table that has seen updates
    ("As it read without the name.", datetime(2026, 3, 3, 3, 0, tzinfo=UTC)),
    ("As it read with the name of the ward.", datetime(2026, 3, 2, 3, 0, tzinfo=UTC)),
)


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 22`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name) VALUES ($1, $2)",
        [(ASHA, "Dr. Asha Menon"), (ROHAN, "Dr. Rohan Kulkarni")],
    )
    await postgres.executemany(
        "INSERT INTO posts (id, author_id, status, title, body)"
        " VALUES ($1, $2, $3, $4, 'As it reads today.')",
        POSTS,
    )
    await postgres.executemany(
        "INSERT INTO post_versions (id, post_id, body, created_at)"
        " VALUES (gen_random_uuid(), $1, $2, $3)",
        [(identifier, *version) for identifier, *_ in POSTS for version in PAST],
    )
    await postgres.executemany(
        "INSERT INTO bookmarks (user_id, post_id) VALUES ($1, $2)",
        [(ASHA, DELETED_OF_ASHA), (ASHA, DELETED_OF_ROHAN), (ROHAN, DRAFT_OF_ROHAN)],
    )
