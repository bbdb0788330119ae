"""Valkey: reach it, and lend empty numbered databases of it."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from docfliq_katas.errors import Misuse
from docfliq_katas.services import leases, lifecycle, own

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from redis.asyncio import Redis

    from docfliq_katas.services.server import Server, Status

NAME = "valkey"
LABEL = "Valkey"
VARIABLE = "KATA_REDIS_URL"
_SCHEMES = ("redis", "rediss", "unix")
_SECONDS = 10
_DATABASES = 1024  # as many as ours has; one's own server says itself where its last one is
_OUT_OF_RANGE = "out of range"


def server() -> Server:
    """Return the server: one's own where KATA_REDIS_URL names one, else ours, started on first need.

    Raises:
        Misuse: it cannot be reached or started.
    """
    return own.own_server(VARIABLE, LABEL, _SCHEMES, 6379) or lifecycle.ensure(NAME, LABEL)


def status() -> Status:
    """Return what is known of the server without starting it."""
    return own.own_status(VARIABLE, LABEL) or lifecycle.look(NAME, LABEL)


@asynccontextmanager
async def fresh_database() -> AsyncIterator[str]:
    """Lend an empty numbered database and flush it at the end.

    Of one's own server only a database that was empty is lent: never 0, never one with foreign keys in it.

    Yields:
        Its URL, "unix://…?db=N" of our server, "redis://…/N" of one's own.

    Raises:
        Misuse: the server cannot be reached, or has no empty database left.
    """
    found = server()
    folder = leases.folder_of(NAME, found)
    lease, claim = await _empty_database(found, folder)
    try:
        yield _with_database(found.url, lease.name)
    finally:
        await _give_back(found, lease, claim)


async def _empty_database(found: Server, folder: Path) -> tuple[leases.Lease, Redis | None]:
    """Return the lease of the first free number, and on one's own server the connection that claims it."""
    for number in range(1, _DATABASES):
        lease = leases.take(folder, str(number))
        if lease is None:
            continue
        claim: Redis | None = None
        try:
            with _told_in_one_line(found):
                claim = _client(found, lease.name)
                free = await _claimed(claim, number, shared=found.external)
                if free and (lease.inherited or not found.external):
                    await claim.flushdb()
                if free and await claim.dbsize() == 0:
                    lease.confirm()
                    if not found.external:
                        await claim.aclose()
                        claim = None
                    return lease, claim
                await claim.aclose()
        except BaseException:
            lease.abandon()
            if claim is not None:
                await claim.aclose()
            raise
        lease.finish()
    raise Misuse(_none_free(found))


async def _claimed(client: Redis, number: int, *, shared: bool) -> bool:
    """Return whether a database is ours alone.

    Files cannot tell what another machine uses. So on one's own server a named connection claims the
    database while it is lent; of two claims at once the older connection wins. No key is written for it.
    """
    if not shared:
        return True
    name = f"kata-database-{number}"
    await client.client_setname(name)
    mine = int(await client.client_id())
    rivals = [int(entry["id"]) for entry in await client.client_list() if entry.get("name") == name]
    return min(rivals, default=mine) >= mine


async def _give_back(found: Server, lease: leases.Lease, claim: Redis | None) -> None:
    client = claim or _client(found, lease.name)
    try:
        if not found.external:
            lifecycle.insist_on(NAME, LABEL)
        with _told_in_one_line(found):
            await client.flushdb()
    except BaseException:
        lease.abandon()
        raise
    finally:
        await client.aclose()
    lease.finish()


def _client(found: Server, number: str) -> Redis:
    from redis.asyncio import Redis  # noqa: PLC0415 - reaching the server has to be quick

    return Redis.from_url(
        _with_database(found.url, number),
        single_connection_client=True,
        socket_connect_timeout=_SECONDS,
        socket_timeout=_SECONDS,
    )


def _with_database(url: str, number: str) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "db"]
    if parts.scheme == "unix":
        return urlunsplit(parts._replace(query=urlencode([*query, ("db", number)])))
    return urlunsplit(parts._replace(path=f"/{number}", query=urlencode(query)))


@contextmanager
def _told_in_one_line(found: Server) -> Iterator[None]:
    """Turn what a dead, full or unwilling server causes into one line."""
    from redis.exceptions import RedisError  # noqa: PLC0415

    try:
        yield
    except (OSError, RedisError) as error:
        if found.external and _OUT_OF_RANGE in str(error):
            raise Misuse(_none_free(found)) from error
        raise Misuse(own.trouble(found, VARIABLE, error)) from error


def _none_free(found: Server) -> str:
    if found.external:
        return f"{VARIABLE}: no numbered database above 0 is empty and free: empty one, or set `databases` higher"
    return f"{LABEL}: all {_DATABASES - 1} databases are in use: run fewer tests at once, or kata services down"
