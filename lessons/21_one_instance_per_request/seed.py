"""Example rows: two admins with three tokens, two posts and three reports."""

from hashlib import sha256
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src import main as _main  # noqa: F401 - whatever the app imports belongs to the metadata
from src.database import Base

MEERA = UUID("00000000-0000-4000-8000-0000000000a6")
ARJUN = UUID("00000000-0000-4000-8000-0000000000a8")
QRS = UUID("00000000-0000-4000-8000-0000000000b1")
ANKLES = UUID("00000000-0000-4000-8000-0000000000b2")
REQUESTS = 60
USERS = [
    (MEERA, "Meera Iyer", ["admin", "super_admin"]),
    (ARJUN, "Arjun Das", ["admin"]),
]
TOKENS = {"meera-laptop": MEERA, "meera-phone": MEERA, "arjun-laptop": ARJUN}
POSTS = [(QRS, "Reading a wide QRS at 3 a.m."), (ANKLES, "When is a plain film enough?")]
REPORTS = [
    (UUID("00000000-0000-4000-8000-0000000000d1"), QRS, "Names a patient"),
    (UUID("00000000-0000-4000-8000-0000000000d2"), QRS, "The trace is from another post"),
    (UUID("00000000-0000-4000-8000-0000000000d3"), ANKLES, "An advertisement"),
]


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables, and fill them."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name, roles) VALUES ($1, $2, $3)", USERS
    )
    await postgres.executemany(
        "INSERT INTO admin_sessions (token_hash, user_id, requests_left) VALUES ($1, $2, $3)",
        [(hashed(token), user_id, REQUESTS) for token, user_id in TOKENS.items()],
    )
    await postgres.executemany(
        "INSERT INTO posts (id, title, status) VALUES ($1, $2, 'PUBLISHED')", POSTS
    )
    await postgres.executemany(
        "INSERT INTO reports (id, post_id, reason, status) VALUES ($1, $2, $3, 'open')", REPORTS
    )


def hashed(token: str) -> str:
    """Return what is stored of a token."""
    return sha256(token.encode()).hexdigest()
