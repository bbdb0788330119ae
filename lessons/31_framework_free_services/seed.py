"""Example rows: two doctors, and two associations."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.follows import models as _follows  # noqa: F401 - the tables belong to the metadata
from src.models import Base
from src.users import models as _users  # noqa: F401 - the same


def user_id(number: int) -> UUID:
    """Return the id of an example user."""
    return UUID(f"00000000-0000-4000-8000-0000000000a{number}")


ASHA, ROHAN, DHA, CARDIOLOGISTS = map(user_id, (1, 2, 5, 8))
USERS = (
    (ASHA, "Dr. Asha Menon", "physician"),
    (ROHAN, "Dr. Rohan Kulkarni", "physician"),
    (DHA, "Deccan Heart Association", "association"),
    (CARDIOLOGISTS, "Cardiologists of Kerala", "association"),
)


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 31`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO users (id, full_name, profession) VALUES ($1, $2, $3)", USERS
    )
