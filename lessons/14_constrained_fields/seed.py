"""Example rows: two courses, one of them older than every rule."""

import json
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.courses import models as _courses  # noqa: F401 - the table belongs to the metadata
from src.database import Base

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
FARAH = UUID("00000000-0000-4000-8000-0000000000a3")

FEVER = {
    "course_id": "00000000-0000-4000-8000-0000000000c1",
    "title": "Fever in children",
    "description": "When to worry.",
    "contact_email": "farah@example.org",
    "specialty_tags": ["paediatrics"],
    "translations": {"hi": "Bachchon mein bukhar"},
    "syllabus": [{"title": "The first hour", "minutes": 20}],
    "pricing_type": "FREE",
    "price_paise": 0,
}
OLD = {
    "course_id": "00000000-0000-4000-8000-0000000000c2",
    "title": "ECG for the ward",
    "description": "The whole handbook. " * 500,
    "contact_email": "desk 4",
    "specialty_tags": [f"cardiology-{number}" for number in range(30)] + ["ecg " * 50],
    "translations": {"Malayalam": "ECG " * 100, "": ""},
    "syllabus": [{"title": "Read me first. " * 40, "minutes": 0}]
    + [{"title": f"Strip {number}", "minutes": 5} for number in range(60)],
    "pricing_type": "PAID",
    "price_paise": 0,
}


async def add_course(
    postgres: PostgresDatabase, course: dict[str, object], instructor_id: UUID
) -> None:
    """Add a course the way the importer did, past the API."""
    encoded = {name: json.dumps(course[name]) for name in ("translations", "syllabus")}
    await postgres.execute(
        "INSERT INTO courses (id, title, description, contact_email, specialty_tags,"
        " translations, syllabus, pricing_type, price_paise, instructor_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *(course | encoded).values(),
        instructor_id,
    )


async def seed(postgres: PostgresDatabase) -> None:
    """Fill the database for `kata run 14`."""
    await postgres.create_tables(Base.metadata)
    await add_course(postgres, FEVER, FARAH)
    await add_course(postgres, OLD, ASHA)
