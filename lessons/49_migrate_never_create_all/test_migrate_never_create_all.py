"""Migrations alone own the schema: the app makes no tables, and env.py sees every model."""

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import slice_frame_of
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient
from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.exc import DBAPIError

from seed import CODE, REVOKED_CODE, add_rows, alembic_config, make_production
from src.database import Base
from src.main import create_app

VERIFY = "/api/v1/certificates/verify/"
MAIN, ENV, VERSIONS = "src/main.py", "src/migrations/env.py", "src/migrations/versions/"
EMPTY, PRODUCTION = "an empty database", "production's database"

ROWS = {
    "users": "SELECT id, email, full_name FROM users",
    "courses": "SELECT id, slug, title FROM courses",
    "certificates": "SELECT id, user_id, course_id, verification_code, issued_at FROM certificates",
}
STAGES = ["", "production", "test", "development", "dev", "local"]
STAGE_NAMES = ["ENVIRONMENT", "ENV", "APP_ENV", "APP_ENVIRONMENT", "STAGE"]
NEW = "a_new_"  # begins the names that the tests add to the models, as somebody will next year

SCHEMA = r"""
SELECT 'table ' || tablename AS told FROM pg_tables WHERE schemaname = 'public'
UNION ALL SELECT a.attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
  || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
  || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT regexp_replace(indexdef, 'INDEX \S+', 'INDEX')
FROM pg_indexes WHERE schemaname = 'public'
"""


@pytest.mark.guideline("L210")
async def test_migrations_alone_build_what_the_models_say(postgres: PostgresDatabase) -> None:
    """After `alembic upgrade head`, any database has what the models say today, and no more."""
    await postgres.create_tables(Base.metadata)
    modelled = await schema(postgres)
    for name in (EMPTY, PRODUCTION):
        await make(name, postgres)
        await upgrade(name, given=add_to_every_model)
        migrated = await schema(postgres)
        new = [line for line in migrated if NEW in line]
        if new:
            refuse(
                saw=f"for {name}, `alembic upgrade head` has made {new[0]}: the test has added it"
                " to the models, and no migration names it",
                wants="migrations that do next year what they do today",
                look_at=VERSIONS,
            )
        faults = [f"lacks {line}" for line in modelled if line not in migrated]
        faults += [f"has {line} too much" for line in migrated if line not in modelled]
        if faults:
            refuse(
                saw=f"after `alembic upgrade head`, {name} {faults[0]}",
                wants="a migration for every change of a model",
                look_at=VERSIONS,
            )


@pytest.mark.guideline("L210", "L225")
async def test_production_keeps_its_rows_and_serves_them(
    postgres: PostgresDatabase, serve: Serve
) -> None:
    """Where the app has made a table, the upgrade keeps every row as valid as it was."""
    await make(PRODUCTION, postgres)
    before = {table: await postgres.fetch(query) for table, query in ROWS.items()}
    await upgrade(PRODUCTION)
    for table, query in ROWS.items():
        after = await postgres.fetch(query)
        kept = [row for row in before[table] if row in after]
        if kept != before[table]:
            refuse(
                saw=f"of {len(before[table])} {table}, the upgrade has kept {len(kept)}",
                wants="migrations that lose no row",
                look_at=VERSIONS,
            )
    async with serve(create_app()) as client:
        for code in (CODE, REVOKED_CODE):  # in production, none is revoked yet
            response = await client.get(VERIFY + code)
            serve.expect(response, 200, wants="certificates that can be verified after the upgrade")
            if response.json()["is_valid"] is not True:
                refuse(
                    saw="a certificate was valid, and after the upgrade it counts as revoked",
                    wants="migrations that say nothing new about the rows that are there",
                    look_at=VERSIONS,
                )


@pytest.mark.guideline("L210", "L224")
async def test_autogenerate_has_nothing_to_write(postgres: PostgresDatabase) -> None:
    """After the upgrade, env.py leads autogenerate to no difference, and never to a DROP."""
    for name in (EMPTY, PRODUCTION):
        await make(name, postgres)
        await upgrade(name)
        left = await differences()
        if left:
            refuse(
                saw=f"for {name}, upgraded to head, autogenerate would {' and '.join(left[:3])}",
                wants="an env.py that knows every model, and a migration for each",
                look_at=ENV,
            )


@pytest.mark.guideline("L224")
async def test_autogenerate_notices_every_difference(postgres: PostgresDatabase) -> None:
    """A column, a type or a table that differs is noticed, with a model or without one."""
    await make(PRODUCTION, postgres)
    await upgrade(PRODUCTION)
    await postgres.execute(
        "ALTER TABLE users DROP COLUMN full_name; ALTER TABLE courses DROP COLUMN title;"
        " ALTER TABLE certificates DROP COLUMN issued_at;"
        " ALTER TABLE certificates ALTER COLUMN verification_code TYPE varchar(40);"
        f" CREATE TABLE {NEW}model (id integer PRIMARY KEY);"
        f" CREATE TABLE {NEW}table (id integer PRIMARY KEY)"
    )
    to_notice = [
        "add column users.full_name",
        "add column courses.title",
        "add column certificates.issued_at",
        f"add column {NEW}model.title",
        "modify type of certificates.verification_code",
        f"drop table {NEW}table",
    ]
    noticed = await differences(given=add_a_model)
    missed = [difference for difference in to_notice if difference not in noticed]
    if missed:
        others = [difference for difference in noticed if difference not in to_notice]
        instead = f"; it would {' and '.join(others[:3])}" if others else ""
        refuse(
            saw=f"autogenerate does not notice that it has to {missed[0]}{instead}",
            wants="an env.py that sees every model, every table and every type",
            look_at=ENV,
        )


@pytest.mark.guideline("L225")
async def test_a_start_leaves_the_schema_alone(
    *,
    postgres: PostgresDatabase,
    serve: Serve,
    sql_probe: SqlProbe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither the start of the app nor a request changes the schema, wherever the app runs."""
    for stage in STAGES:
        for name in STAGE_NAMES if stage else ():
            monkeypatch.setenv(name, stage)
        monkeypatch.setenv("DEBUG", str(stage not in {"", "production"}))
        with sql_probe.record() as statements, a_new_import():
            create = importlib.import_module("src.main").create_app
            with suppress(Exception):  # a start may refuse an old schema
                async with serve(create()) as client:
                    await client.get(VERIFY + CODE)
        sent = [
            one for one in statements if one.text.split()[0].upper() in {"CREATE", "ALTER", "DROP"}
        ]
        made = [f"CREATE {line}" for line in await schema(postgres) if line.startswith("table")]
        if sent or made:
            where = str(sent[0].where) if sent else MAIN
            told = [" ".join(one.text.split()[:3]) for one in sent] or made
            refuse(
                saw=f"the app was started on {EMPTY}{f', with ENVIRONMENT={stage}' * bool(stage)},"
                f" and has sent {', '.join(told[:3])}",
                wants="an app that leaves the schema to the migrations",
                look_at=MAIN if VERSIONS in where or ENV in where else where,
            )
        serve.errors.clear()  # no table, so the request has failed, and that is right


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    """A client of the app, on the tables of the models, with two certificates, one revoked."""
    await postgres.create_tables(Base.metadata)
    await postgres.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    for head in ScriptDirectory.from_config(alembic_config()).get_heads():
        await postgres.execute("INSERT INTO alembic_version VALUES ($1)", head)
    await add_rows(postgres)
    await postgres.execute(
        "UPDATE certificates SET revoked_at = issued_at WHERE verification_code = $1", REVOKED_CODE
    )
    async with serve(create_app()) as client:
        yield client


async def test_a_code_is_verified(client: AsyncClient, serve: Serve) -> None:
    """A code leads to the name, the course and the date, and tells whether it is revoked."""
    for code, name in ((CODE, "Imran Sheikh"), (REVOKED_CODE, "Dr. Rohan Kulkarni")):
        response = serve.expect(await client.get(VERIFY + code), 200, wants="the certificate")
        expected = {
            "recipient_name": name,
            "course_title": "ECG for the ward",
            "issued_at": "2026-02-17T09:30:00Z",
            "is_valid": code == CODE,
        }
        expect_equal(response.json(), expected, wants="the same answers as before")
    unknown = await client.get(VERIFY + "0" * 16)
    serve.expect(unknown, 404, wants="404 for a code that was never issued")


async def make(name: str, postgres: PostgresDatabase) -> None:
    """Make the database anew, empty or as production's is today."""
    await postgres.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    if name == PRODUCTION:
        await make_production(postgres)


async def schema(postgres: PostgresDatabase) -> list[str]:
    """Return every table, column, constraint and index in words, but for Alembic's own table."""
    found = [row["told"] for row in await postgres.fetch(SCHEMA)]
    mine = [line for line in found if "alembic_version" not in line]
    return sorted(mine, key=lambda line: (not line.startswith("table"), line))


async def upgrade(name: str, *, given: Callable[[], None] = lambda: None) -> None:
    """Run `alembic upgrade head`, after a change of the models where one is given."""
    __tracebackhide__ = True

    def run() -> None:
        with a_new_import():
            given()
            command.upgrade(alembic_config(), "head")

    try:
        await asyncio.to_thread(run)
    except DBAPIError as error:
        refuse(
            saw=f"for {name}, `alembic upgrade head` ends with {str(error.orig).split('>: ')[-1]}",
            wants="migrations that run on an empty database and on production's",
            look_at=str(slice_frame_of(error) or VERSIONS),
        )


async def differences(*, given: Callable[[], None] = lambda: None) -> list[str]:
    """Return what autogenerate would write, as the lesson's env.py has it, in words."""
    found: list[Any] = []

    def compare(_: object, context: MigrationContext) -> list[Any]:
        found.extend(compare_metadata(context, context.opts["target_metadata"]))
        return []

    def run() -> None:
        config = alembic_config()
        script = ScriptDirectory.from_config(config)
        with a_new_import(), EnvironmentContext(config, script, fn=compare):
            given()
            script.run_env()

    await asyncio.to_thread(run)
    return [told(difference) for difference in found]


def add_a_model() -> None:
    """Add a table to the metadata, and import no model."""
    metadata = importlib.import_module("src.database").Base.metadata
    Table(f"{NEW}model", metadata, Column("id", Integer, primary_key=True), Column("title", Text))


def add_to_every_model() -> None:
    """Import all models, and add a table to the metadata and a column to every table."""
    importlib.import_module("src.main")
    add_a_model()
    for table in importlib.import_module("src.database").Base.metadata.tables.values():
        table.append_column(Column(f"{NEW}column", Text))


@contextmanager
def a_new_import() -> Iterator[None]:
    """Let env.py import the slice by itself: what the tests have imported would hide the rest."""
    path, mine = list(sys.path), slice_modules()
    for name in mine:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in slice_modules():
            del sys.modules[name]
        sys.modules.update(mine)
        sys.path[:] = path


def slice_modules() -> dict[str, Any]:
    """Return the modules of the slice that are imported."""
    return {name: module for name, module in sys.modules.items() if name.split(".")[0] == "src"}


def told(difference: Any) -> str:
    """Put one of Alembic's differences into words, as in `add column users.city`."""
    kind, *what = difference[0] if isinstance(difference, list) else difference
    words = kind.replace("_", " ").replace("remove", "drop")
    if kind.endswith("_table"):
        return f"{words} {what[0].name}"
    if kind.endswith("_column"):
        return f"{words} {what[1]}.{what[2].name}"
    if isinstance(difference, list):
        return f"{words} of {what[1]}.{what[2]}"
    return f"{words} {what[0].name or ''} of {what[0].table.name}".replace("  ", " ")
