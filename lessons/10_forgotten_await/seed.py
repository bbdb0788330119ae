"""Example rows: two moderators, three doctors, and two posts with reports."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.audit import models as _audit  # noqa: F401 - the table belongs to the metadata
from src.database import Base
from src.posts import models as _posts  # noqa: F401
from src.reports import models as _reports  # noqa: F401
from src.users import models as _users  # noqa: F401

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
FARAH = UUID("00000000-0000-4000-8000-0000000000a3")
IMRAN = UUID("00000000-0000-4000-8000-0000000000a4")
MEERA = UUID("00000000-0000-4000-8000-0000000000a6")

CURE = UUID("00000000-0000-4000-8000-0000000000b1")
ANKLE = UUID("00000000-0000-4000-8000-0000000000b2")

USERS = [
    (ASHA, "Dr. Asha Menon", ["creator"]),
    (ROHAN, "Dr. Rohan Kulkarni", []),
    (FARAH, "Dr. Farah Siddiqui", []),
    (IMRAN, "Imran Sheikh", ["creator", "moderator"]),
    (MEERA, "Meera Iyer", ["admin"]),
]
POSTS = [
    (CURE, ROHAN, "A root that cures everything", "PUBLISHED"),
    (ANKLE, ASHA, "Ankle fractures: when is a plain film enough?", "PUBLISHED"),
]
REPORTS = [
    (1, CURE, ASHA, "no source", "open"),
    (2, CURE, FARAH, "dangerous", "open"),
    (3, CURE, MEERA, "advertising", "open"),
    (4, CURE, ASHA, "spam", "dismissed"),
    (5, ANKLE, ROHAN, "not my view", "open"),
]


async def seed(postgres: PostgresDatabase) -> None:
    """Make the tables and fill them, for the tests and for `kata run 10`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany("INSERT INTO users VALUES ($1, $2, $3)", USERS)
    await postgres.executemany("INSERT INTO posts VALUES ($1, $2, $3, $4)", POSTS)
    await postgres.executemany(
        "INSERT INTO reports VALUES ($1, $2, $3, $4, $5)",
        [(UUID(int=number), *rest) for number, *rest in REPORTS],
    )
