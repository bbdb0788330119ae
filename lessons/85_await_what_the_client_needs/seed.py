"""Example rows: three doctors, one of them suspended, and a post of Dr. Asha Menon's."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the tables belong to the metadata
from src.users import models as _users  # noqa: F401 - the same

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
VIKRAM = UUID("00000000-0000-4000-8000-0000000000a7")
POST = UUID("00000000-0000-4000-8000-0000000000b1")


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 85`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name, verification_status) VALUES ($1, $2, $3)",
        [
            (ASHA, "Dr. Asha Menon", "verified"),
            (ROHAN, "Dr. Rohan Kulkarni", "verified"),
            (VIKRAM, "Dr. Vikram Rao", "suspended"),
        ],
    )
    await postgres.execute(
        "INSERT INTO posts (id, author_id, title) VALUES ($1, $2, 'Reading a wide QRS at 3 a.m.')",
        POST,
        ASHA,
    )
