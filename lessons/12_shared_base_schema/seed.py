"""Example rows: two doctors."""

from typing import Any
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.posts import models as _posts  # noqa: F401 - the table belongs to the metadata
from src.users import models as _users  # noqa: F401 - as above

ASHA = {
    "user_id": "00000000-0000-4000-8000-0000000000a1",
    "full_name": "Dr. Asha Menon",
    "city": "Kochi",
    "bio": "Hearts, and their rhythms.",
}
ROHAN = {
    "user_id": "00000000-0000-4000-8000-0000000000a2",
    "full_name": "Dr. Rohan Kulkarni",
    "city": "Pune",
    "bio": "Bones, mostly.",
}


async def seed(postgres: PostgresDatabase) -> None:
    """Make the tables and add the doctors, for `kata run 12` and the tests."""
    await postgres.create_tables(Base.metadata)
    for doctor in (ASHA, ROHAN):
        values: dict[str, Any] = doctor | {"user_id": UUID(doctor["user_id"])}
        await postgres.execute(
            "INSERT INTO users (id, full_name, city, bio) VALUES ($1, $2, $3, $4)",
            *values.values(),
        )
