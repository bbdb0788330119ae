"""The test's own view of its PostgreSQL database: never the app's session, engine or identity map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import asyncpg
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import postgresql

from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import MetaData


class PostgresDatabase:
    """One asyncpg connection to one database; statements are committed at once.

    Args:
        url: The address in SQLAlchemy's form, `postgresql+asyncpg://…`.

    """

    def __init__(self, url: str) -> None:
        self.url = url

    async def __aenter__(self) -> Self:
        self._connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            self.url.replace("+asyncpg", "", 1), server_settings={"application_name": "kata-test"}
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def create_tables(self, metadata: MetaData) -> None:
        """Create the tables, indexes and types of the slice's metadata, in one round trip."""
        statements: list[str] = []

        def note(clause: Any, *_: object, **__: object) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
            statements.append(str(clause.compile(dialect=postgresql.dialect())))  # type: ignore[no-untyped-call]

        metadata.create_all(create_mock_engine("postgresql+asyncpg://", note), checkfirst=False)
        if not statements:
            raise Misuse("the metadata has no tables: import the module with the models before create_tables")
        await self._connection.execute(";\n".join(statements))

    async def execute(self, statement: str, *values: object) -> str:
        """Run one statement with $1, $2, … and return PostgreSQL's word for what it did, such as `INSERT 0 1`."""
        return await self._connection.execute(statement, *values)

    async def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows, in one transaction."""
        await self._connection.executemany(statement, rows)

    async def fetch(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Return the rows as dictionaries: column -> value."""
        return [dict(row) for row in await self._connection.fetch(statement, *values)]

    async def fetchval(self, statement: str, *values: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """Return the first column of the first row, or None."""
        return await self._connection.fetchval(statement, *values)
