"""Example rows: three doctors, each with one post."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the table posts belongs to the metadata

PRIVATE = ("email", "phone_number", "password_hash", "medical_license_number")
FARAH = UUID("00000000-0000-4000-8000-0000000000a3")
DOCTORS = [
    {
        "user_id": "00000000-0000-4000-8000-0000000000a1",
        "full_name": "Dr. Asha Menon",
        "specialty": "cardiology",
        "city": "Kochi",
        "bio": "Wide QRS, narrow schedule.",
        "verification_status": "verified",
    },
    {
        "user_id": str(FARAH),
        "full_name": "Dr. Farah Siddiqui",
        "specialty": "paediatrics",
        "city": "Lucknow",
        "bio": None,
        "verification_status": "pending",
    },
    {
        "user_id": "00000000-0000-4000-8000-0000000000a2",
        "full_name": "Dr. Rohan Kulkarni",
        "specialty": "orthopaedics",
        "city": "Pune",
        "bio": "Ankles, mostly.",
        "verification_status": "verified",
    },
]


async def add_doctors(postgres: PostgresDatabase, private: Mapping[str, Mapping[str, str]]) -> None:
    """Create the tables and fill them; `private` holds the private columns of each user_id."""
    await postgres.create_tables(Base.metadata)
    for number, doctor in enumerate(DOCTORS):
        hidden = private[str(doctor["user_id"])]
        await postgres.execute(
            "INSERT INTO users (id, full_name, specialty, city, bio, verification_status, roles,"
            " email, phone_number, password_hash, medical_license_number)"
            " VALUES ($1, $2, $3, $4, $5, $6, '{user}', $7, $8, $9, $10)",
            *doctor.values(),
            *(hidden[column] for column in PRIVATE),
        )
        await postgres.execute(
            "INSERT INTO posts (id, author_id, title, created_at) VALUES ($1, $2, $3, $4)",
            UUID(int=number + 1),
            doctor["user_id"],
            f"Case {number}: what would you do?",
            datetime(2026, 3, 2, 3 + number, 0, tzinfo=UTC),
        )


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 13`."""
    private = {
        str(doctor["user_id"]): {
            "email": f"doctor{number}@example.org",
            "phone_number": f"+9199999000{number:02}",
            "password_hash": f"scrypt$00${number:02}",
            "medical_license_number": f"EXAMPLE-{number:04}",
        }
        for number, doctor in enumerate(DOCTORS, 1)
    }
    await add_doctors(postgres, private)
