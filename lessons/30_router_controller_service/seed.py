"""Example rows: two doctors, two courses, and their promo codes."""

from datetime import UTC, datetime
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.courses import models as _courses  # noqa: F401 - the tables belong to the metadata
from src.models import Base
from src.payments import models as _payments  # noqa: F401 - the same
from src.users import models as _users  # noqa: F401 - the same

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
ECG, FRACTURES = (UUID(f"00000000-0000-4000-8000-0000000000c{n}") for n in (1, 2))
PAST, FUTURE = datetime(2025, 11, 9, tzinfo=UTC), datetime(2096, 1, 1, tzinfo=UTC)

COURSES = (
    (ECG, "ecg-for-the-ward", "ECG for the ward", 149_900),
    (FRACTURES, "fractures-on-call", "Fractures on call", 14_970),
)
PROMO_CODES = (
    (ECG, "HEART20", 20, FUTURE, True),
    (ECG, "DIWALI10", 10, PAST, True),
    (ECG, "PILOT50", 50, FUTURE, False),
    (FRACTURES, "BONES15", 15, FUTURE, True),
)


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 30`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name) VALUES ($1, $2)",
        [(ASHA, "Dr. Asha Menon"), (ROHAN, "Dr. Rohan Kulkarni")],
    )
    await postgres.executemany(
        "INSERT INTO courses (id, slug, title, price_paise) VALUES ($1, $2, $3, $4)",
        COURSES,
    )
    await postgres.executemany(
        "INSERT INTO promo_codes (id, course_id, code, discount_pct, valid_until, is_active)"
        " VALUES (gen_random_uuid(), $1, $2, $3, $4, $5)",
        PROMO_CODES,
    )
