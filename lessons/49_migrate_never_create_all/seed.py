"""Production's database, in small: two migrations have run, and one table was made by the app."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from docfliq_katas.database import PostgresDatabase

CODE, REVOKED_CODE = "9F2C41D07A6E83B5", "1B70C3E5529AD846"

PRODUCTION = """
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0002');

-- by the revisions 0001 and 0002
CREATE TABLE users (
  id uuid PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, full_name varchar(150) NOT NULL
);
CREATE TABLE courses (
  id uuid PRIMARY KEY, slug varchar(150) NOT NULL UNIQUE, title varchar(300) NOT NULL
);

-- by the start of the app, in February, from the model as it was then
CREATE TABLE certificates (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  course_id uuid NOT NULL REFERENCES courses (id),
  verification_code varchar(16) NOT NULL UNIQUE,
  issued_at timestamptz NOT NULL
);
"""


async def make_production(postgres: PostgresDatabase) -> None:
    """Make production's tables as they are today, with a few rows."""
    await postgres.execute(PRODUCTION)
    await add_rows(postgres)


async def add_rows(postgres: PostgresDatabase) -> None:
    """Add a course, and the certificates of two people for it."""
    await postgres.execute(
        "INSERT INTO courses VALUES (gen_random_uuid(), 'ecg-for-the-ward', 'ECG for the ward')"
    )
    await postgres.execute(
        "INSERT INTO users VALUES (gen_random_uuid(), 'imran@example.org', 'Imran Sheikh'),"
        " (gen_random_uuid(), 'rohan@example.org', 'Dr. Rohan Kulkarni')"
    )
    await postgres.execute(
        "INSERT INTO certificates (id, user_id, course_id, verification_code, issued_at)"
        " SELECT gen_random_uuid(), u.id, c.id, code, '2026-02-17T09:30:00Z'"
        " FROM courses c, users u JOIN unnest($1::text[], $2::text[]) AS issued (name, code)"
        " ON name = full_name",
        ["Imran Sheikh", "Dr. Rohan Kulkarni"],
        [CODE, REVOKED_CODE],
    )


def alembic_config() -> Config:
    """Return the lesson's alembic.ini."""
    return Config(Path(__file__).with_name("alembic.ini"))


async def seed(postgres: PostgresDatabase) -> None:
    """Make production's database for `kata run 49`, and migrate it as a deployment does."""
    await make_production(postgres)
    await asyncio.to_thread(command.upgrade, alembic_config(), "head")
