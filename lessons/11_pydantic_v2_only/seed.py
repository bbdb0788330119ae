"""Example rows: an instructor and her course."""

from typing import Any
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.courses import models as _courses  # noqa: F401 - the tables belong to the metadata
from src.database import Base

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
INSTRUCTOR = {"name": "Dr. Asha Menon", "city": "Kochi"}
ECG: dict[str, Any] = {
    "slug": "ecg-for-the-ward",
    "title": "ECG for the ward",
    "specialtyTags": ["cardiology", "general-medicine"],
    "pricingType": "PAID",
    "pricePaise": 149_900,
    "accreditation": "KMC/2026/118",
}


async def seed(postgres: PostgresDatabase) -> None:
    """Make the tables and fill them, for `kata run 11` and the tests."""
    await postgres.create_tables(Base.metadata)
    await postgres.execute(
        "INSERT INTO users (id, full_name, city) VALUES ($1, $2, $3)", ASHA, *INSTRUCTOR.values()
    )
    await postgres.execute(
        "INSERT INTO courses (id, instructor_id, slug, title, specialty_tags, pricing_type,"
        " price_paise, accreditation) VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)",
        ASHA,
        *ECG.values(),
    )
