"""Example rows: two doctors, and two uploads that wait to be confirmed, one of each."""

from importlib import import_module
from uuid import UUID

from docfliq_katas.database import PostgresDatabase

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
UPLOAD = UUID("00000000-0000-4000-8000-000000000086")
ANOTHER = UUID("00000000-0000-4000-8000-000000000087")
OBJECT_KEY = "uploads/asha/wide-qrs.png"


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables, two users and two uploads."""
    # Not at the top: a module of the slice may want the addresses of the stores at import.
    for module in ("src.main", "src.worker", "src.media.tasks"):
        import_module(module)
    await postgres.create_tables(import_module("src.database").Base.metadata)
    await postgres.execute(
        "INSERT INTO users (id, full_name)"
        " VALUES ($1, 'Dr. Asha Menon'), ($2, 'Dr. Rohan Kulkarni')",
        ASHA,
        ROHAN,
    )
    await postgres.execute(
        "INSERT INTO media_assets (id, uploaded_by, object_key)"
        " VALUES ($1, $2, $3), ($4, $5, 'uploads/rohan/knee.png')",
        UPLOAD,
        ASHA,
        OBJECT_KEY,
        ANOTHER,
        ROHAN,
    )
