"""Example rows: three channels, and posts in them and outside."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.channels import models as _channels  # noqa: F401 - the tables belong to the metadata
from src.database import Base
from src.posts import models as _posts  # noqa: F401

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
ROUNDS = {"slug": "cardiology-rounds", "name": "Cardiology rounds"}
FEVERS = {"slug": "paediatric-fevers", "name": "Fevers in children"}
QRS = UUID("00000000-0000-4000-8000-0000000000b1")
ANKLES = UUID("00000000-0000-4000-8000-0000000000b2")
_START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


async def create_tables(postgres: PostgresDatabase) -> None:
    """Create the tables, two channels, a post of Asha's in one and a post of hers in none."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO channels (id, slug, name) VALUES (gen_random_uuid(), $1, $2)",
        [(channel["slug"], channel["name"]) for channel in (ROUNDS, FEVERS)],
    )
    await postgres.executemany(
        "INSERT INTO posts (id, author_id, channel_id, title, created_at, updated_at)"
        " VALUES ($1, $2, (SELECT id FROM channels WHERE slug = $3), $4, $5, $5)",
        [
            (QRS, ASHA, ROUNDS["slug"], "Reading a wide QRS at 3 a.m.", _START),
            (ANKLES, ASHA, None, "When is a plain film enough?", _START - timedelta(hours=1)),
        ],
    )


async def add_posts(postgres: PostgresDatabase, numbers: range) -> None:
    """Publish a post for each number, each in a channel of its own, the higher the later."""
    rows = [
        (ROHAN, f"ward-{n}", f"Ward {n}", f"Case {n}", _START + timedelta(days=n + 1))
        for n in numbers
    ]
    await postgres.executemany(
        "WITH channel AS (INSERT INTO channels (id, slug, name)"
        " VALUES (gen_random_uuid(), $2, $3) RETURNING id)"
        " INSERT INTO posts (id, author_id, channel_id, title, created_at, updated_at)"
        " SELECT gen_random_uuid(), $1, id, $4, $5, $5 FROM channel",
        rows,
    )


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 39`."""
    await create_tables(postgres)
    await add_posts(postgres, range(30))
