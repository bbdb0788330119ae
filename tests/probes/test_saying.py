from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from docfliq_katas.probes.http import Escaped
from docfliq_katas.probes.saying import message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection


@pytest.fixture
async def connection(postgres_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to a database with one user."""
    engine = create_async_engine(postgres_url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE users (email text CONSTRAINT one_email UNIQUE)"))
        await connection.execute(text("INSERT INTO users VALUES ('asha@example.org')"))
        yield connection
    await engine.dispose()


async def test_an_error_of_the_database_is_told_by_its_driver(connection: AsyncConnection) -> None:
    """The driver's words come first: no preamble of SQLAlchemy, no statement, no link."""
    with pytest.raises(DBAPIError) as caught:
        await connection.execute(text("INSERT INTO users VALUES ('asha@example.org')"))
    caught.value.add_detail("(raised as a result of Query-invoked autoflush)")
    assert message(caught.value) == 'duplicate key value violates unique constraint "one_email"'
    assert str(Escaped(caught.value, "POST /users", None)) == f"the app raised IntegrityError: {message(caught.value)}"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no fee"), "no fee"),
        (InvalidRequestError("no session", code="7s2a"), "no session"),
        (LookupError(), ""),
    ],
)
def test_other_errors_say_what_they_say(error: Exception, said: str) -> None:
    """What is not of the database is told as it is, but for the link to SQLAlchemy's pages."""
    assert message(error) == said
