"""Example rows: two posts, without comments."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src import main as _main  # noqa: F401 - whatever the app imports belongs to the metadata
from src.database import Base

QRS = UUID("00000000-0000-4000-8000-0000000000b1")
ANKLES = UUID("00000000-0000-4000-8000-0000000000b2")


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables, and two posts."""
    await postgres.create_tables(Base.metadata)
    await postgres.execute(
        "INSERT INTO posts (id, title)"
        " VALUES ($1, 'Reading a wide QRS at 3 a.m.'), ($2, 'When is a plain film enough?')",
        QRS,
        ANKLES,
    )
