"""Example rows: two doctors who have changed every setting at least once."""

import json
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.users import models as _users  # noqa: F401 - the table belongs to the metadata

FARAH = {
    "user_id": "00000000-0000-4000-8000-0000000000a3",
    "full_name": "Dr. Farah Siddiqui",
    "bio": "Fever is a sign, not a disease.",
    "specialty": "paediatrics",
    "city": "Lucknow",
    "phone_number": "+919999900003",
    "years_of_experience": 9,
    "languages": ["hi", "en"],
    "notifications": {"by_email": False, "by_push": True, "quiet_from": 22, "quiet_until": 7},
}
ROHAN = {
    "user_id": "00000000-0000-4000-8000-0000000000a2",
    "full_name": "Dr. Rohan Kulkarni",
    "bio": "Bones, mostly.",
    "specialty": "orthopaedics",
    "city": "Pune",
    "phone_number": "+919999900002",
    "years_of_experience": 14,
    "languages": ["mr"],
    "notifications": {"by_email": False, "by_push": False, "quiet_from": 0, "quiet_until": 6},
}


async def seed(postgres: PostgresDatabase) -> None:
    """Make the table and fill it, for `kata run 17`."""
    await postgres.create_tables(Base.metadata)
    await add_doctors(postgres)


async def add_doctors(postgres: PostgresDatabase) -> None:
    """Fill the table."""
    for doctor in (FARAH, ROHAN):
        values = doctor | {"user_id": UUID(str(doctor["user_id"]))}
        await postgres.execute(
            "INSERT INTO users (id, full_name, bio, specialty, city, phone_number,"
            " years_of_experience, languages, notifications, verification_status)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending')",
            *(values | {"notifications": json.dumps(doctor["notifications"])}).values(),
        )
