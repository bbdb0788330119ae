"""MongoDB: reach it, and lend empty databases of it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from docfliq_katas.errors import Misuse
from docfliq_katas.services import leases, lifecycle, own

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from docfliq_katas.services.server import Server, Status

NAME = "mongodb"
LABEL = "MongoDB"
VARIABLE = "KATA_MONGODB_URL"
_SCHEMES = ("mongodb", "mongodb+srv")
_ANSWER_MILLISECONDS = 10_000


def server() -> Server:
    """Return the server: one's own where KATA_MONGODB_URL names one, else ours, started on first need.

    Raises:
        Misuse: it cannot be reached or started.
    """
    return own.own_server(VARIABLE, LABEL, _SCHEMES, 27017) or lifecycle.ensure(NAME, LABEL)


def status() -> Status:
    """Return what is known of the server without starting it."""
    return own.own_status(VARIABLE, LABEL) or lifecycle.look(NAME, LABEL)


@asynccontextmanager
async def fresh_database() -> AsyncIterator[str]:
    """Lend an empty database and drop it at the end; databases of runs that died are dropped first.

    A MongoDB database comes into being with its first document, so only the end costs anything.

    Yields:
        Its URL, "mongodb://…/name?…"; `AsyncMongoClient(url).get_default_database()` is the database.

    Raises:
        Misuse: the server cannot be reached, or does not let us.
    """
    found = server()
    folder = leases.folder_of(NAME, found)
    for left in leases.left_behind(folder):
        await _drop(found, left)
    lease = leases.take_new(folder)
    lease.confirm()
    try:
        yield _with_database(found.url, lease.name)
    finally:
        await _drop(found, lease)


def _with_database(url: str, name: str) -> str:
    """Return the URL of the database called `name`, its user still looked up where the URL said before."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    if "@" in parts.netloc and "authSource" not in dict(query) and not parts.scheme.endswith("+srv"):
        query.append(("authSource", parts.path.strip("/") or "admin"))
    return urlunsplit(parts._replace(path=f"/{name}", query=urlencode(query)))


async def _drop(found: Server, lease: leases.Lease) -> None:
    from pymongo import AsyncMongoClient  # noqa: PLC0415 - reaching the server has to be quick
    from pymongo.errors import PyMongoError  # noqa: PLC0415

    try:
        if not found.external:
            lifecycle.insist_on(NAME, LABEL)
        async with AsyncMongoClient[dict[str, object]](
            found.url, serverSelectionTimeoutMS=_ANSWER_MILLISECONDS, socketTimeoutMS=_ANSWER_MILLISECONDS
        ) as client:
            await client.drop_database(lease.name)
    except (OSError, PyMongoError) as error:
        lease.abandon()
        raise Misuse(own.trouble(found, VARIABLE, error)) from error
    except BaseException:
        lease.abandon()
        raise
    lease.finish()
