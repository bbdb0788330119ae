"""Example rows: two doctors, a course of three lessons with a promo code, and a closed course."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.courses import models as _courses  # noqa: F401 - the tables belong to the metadata
from src.database import Base
from src.enrollments import models as _enrollments  # noqa: F401
from src.users import models as _users  # noqa: F401

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
ECG = UUID("00000000-0000-4000-8000-0000000000c1")
DRILL = UUID("00000000-0000-4000-8000-0000000000c2")
UNKNOWN = UUID("00000000-0000-4000-8000-0000000000c9")

PRICE, REDUCED = 149_900, 119_920
PROMO, USED_UP = "HEART20", "HEART50"
ACCESS_CODE = "Deccan-2026"
LESSONS = ("Rate and rhythm", "The wide QRS", "Ischaemia")


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 43`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name) VALUES ($1, $2)",
        [(ASHA, "Dr. Asha Menon"), (ROHAN, "Dr. Rohan Kulkarni")],
    )
    await postgres.executemany(
        "INSERT INTO courses (id, slug, price_paise, access_code) VALUES ($1, $2, $3, $4)",
        [
            (ECG, "ecg-for-the-ward", PRICE, None),
            (DRILL, "resuscitation-drill", 33_333, ACCESS_CODE),
        ],
    )
    await postgres.executemany(
        "INSERT INTO lessons (course_id, title) VALUES ($1, $2)",
        [*((ECG, title) for title in LESSONS), (DRILL, "The first two minutes")],
    )
    await postgres.executemany(
        "INSERT INTO promo_codes (course_id, code, discount_pct, max_uses, current_uses)"
        " VALUES ($1, $2, $3, 2, $4)",
        [(ECG, PROMO, 20, 0), (ECG, USED_UP, 50, 2), (DRILL, PROMO, 15, 0)],
    )
