"""PostgreSQL: reach it, and lend empty databases of it."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from docfliq_katas.errors import Misuse
from docfliq_katas.services import leases, lifecycle, own

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import asyncpg

    from docfliq_katas.services.server import Server, Status

NAME = "postgres"
LABEL = "PostgreSQL"
VARIABLE = "KATA_POSTGRES_URL"
_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")
_CONNECT_SECONDS = 10
_COMMAND_SECONDS = 30
_SPARES = 16  # databases of 7 MB; more than most lessons have tests


def server() -> Server:
    """Return the server: one's own where KATA_POSTGRES_URL names one, else ours, started on first need.

    Raises:
        Misuse: it cannot be reached or started.
    """
    return own.own_server(VARIABLE, LABEL, _SCHEMES, 5432) or lifecycle.ensure(NAME, LABEL)


def status() -> Status:
    """Return what is known of the server without starting it."""
    return own.own_status(VARIABLE, LABEL) or lifecycle.look(NAME, LABEL)


@asynccontextmanager
async def fresh_database(*, tidied: bool = False) -> AsyncIterator[str]:
    """Lend an empty database and drop it at the end; databases of runs that died are dropped first.

    Args:
        tidied: Somebody calls `make_ready` after the run, so that our own server need not drop anything now.

    Yields:
        Its URL for SQLAlchemy, "postgresql+asyncpg://…"; `driver_url` makes one for asyncpg itself.

    Raises:
        Misuse: the server cannot be reached, or does not let us.
    """
    found = server()
    folder = leases.folder_of(NAME, found)
    lease = leases.take_spare(leases.spares_of(NAME, found), folder)
    if lease is None:
        for left in leases.left_behind(folder):
            await _drop(found, left)
        lease = leases.take_new(folder)
        lease.confirm()
        try:
            await _command(found, _creation(found, lease.name))
        except BaseException:
            await _drop(found, lease)
            raise
    try:
        yield _with_database(found.url, lease.name)
    finally:
        if tidied and not found.external:
            lease.abandon()
        else:
            await _drop(found, lease)


async def make_ready() -> None:
    """Drop what runs have left, then have some empty databases ready, so that the next run finds its own at once.

    Does nothing where our server is down, or where one's own server is used: there nothing is kept.
    """
    if status().state != "up":
        return
    found = server()
    folder, spares = leases.folder_of(NAME, found), leases.spares_of(NAME, found)
    leases.forget_other_spares(spares)
    async with _connection(found) as connection:
        for left in leases.left_behind(folder):
            await connection.execute(_removal(left.name))
            left.finish()
        while leases.count(spares) < _SPARES:
            lease = leases.take_new(folder)
            lease.confirm()
            await connection.execute(_creation(found, lease.name))
            async with _connection(found, lease.name):
                pass  # the first connection to a database leaves a cache for the next ones: it is the slow one
            lease.offer(spares)


def driver_url(url: str) -> str:
    """Return the URL that asyncpg and psql understand, for one that SQLAlchemy understands."""
    parts = urlsplit(url)
    query = [("sslmode" if key == "ssl" else key, value) for key, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(scheme="postgresql", query=urlencode(query, safe="/")))


def _with_database(url: str, name: str) -> str:
    """Return the URL of the database called `name` on the same server, as SQLAlchemy reads it."""
    parts = urlsplit(url)
    query = [("ssl" if key == "sslmode" else key, value) for key, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg", path=f"/{name}", query=urlencode(query, safe="/")))


def _creation(found: Server, name: str) -> str:
    # template0 is never connected to and never changed. Copying its files takes 8 ms where logging them takes 19,
    # but it makes the whole server save its state first: not for us to ask of a server that is not ours.
    strategy = "" if found.external else " STRATEGY file_copy"
    return f'CREATE DATABASE "{name}" TEMPLATE template0{strategy}'


def _removal(name: str) -> str:
    return f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'


async def _drop(found: Server, lease: leases.Lease) -> None:
    try:
        if not found.external:
            lifecycle.insist_on(NAME, LABEL)
        await _command(found, _removal(lease.name))
    except BaseException:
        lease.abandon()
        raise
    lease.finish()


async def _command(found: Server, statement: str) -> None:
    """Run one statement on a connection of its own: no state that an event loop or a fork could break."""
    async with _connection(found) as connection:
        await connection.execute(statement)


@asynccontextmanager
async def _connection(found: Server, database: str = "") -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    import asyncpg  # noqa: PLC0415 - reaching the server has to be quick

    with _told_in_one_line(found):
        url = _with_database(found.url, database) if database else found.url
        connection = await asyncpg.connect(
            driver_url(url), timeout=_CONNECT_SECONDS, command_timeout=_COMMAND_SECONDS, statement_cache_size=0
        )
        try:
            yield connection
        finally:
            await connection.close(timeout=_CONNECT_SECONDS)


@contextmanager
def _told_in_one_line(found: Server) -> Iterator[None]:
    """Turn what a dead or unwilling server causes into one line."""
    import asyncpg  # noqa: PLC0415

    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Misuse(own.trouble(found, VARIABLE, error)) from error
