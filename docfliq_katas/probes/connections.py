"""Who is connected, as the servers see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil

from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pymongo.asynchronous.database import AsyncDatabase
    from redis.asyncio import Redis

OWN_NAME = "kata"  # connections with a name that begins so belong to the test, not to the slice
_POLLS = 40
_PAUSE = 0.01  # seconds between two polls, to leave the server the processor
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection that a server holds.

    Attributes:
        server: `PostgreSQL`, `Valkey` or `MongoDB`.
        id: what the server calls it: a process id, a client id, or the address of the client.
        state: `active` or `idle`; of PostgreSQL also `idle in transaction` and its kin.
        last: the last statement or command that it sent, in short.
        name: what the client calls itself; empty by default.
    """

    server: str
    id: str
    state: str
    last: str
    name: str

    def __str__(self) -> str:
        last = f", last said {self.last}" if self.last else ""
        return f"{self.server}: {self.state}{last}"


class ConnectionProbe:
    """The fixture `connection_probe`: the connections that the servers hold, those of the test left out.

    Usage::

        async with serve(app) as client:
            await client.get("/posts")
            open_now = await connection_probe.postgres(postgres.url)
        await connection_probe.assert_none_left(postgres=postgres.url, wants="everything closed after shutdown")

    A connection belongs to the test when its name (`application_name`, `client_name`, `appname`) begins with
    `kata`, as that of the store fixtures does.
    """

    async def postgres(self, url: str) -> list[Connection]:
        """Return the connections to that database, by `pg_stat_activity`.

        Args:
            url: the database, `postgresql+asyncpg://…` or `postgresql://…`.
        """
        import asyncpg  # noqa: PLC0415 - only for lessons with PostgreSQL

        asker = await asyncpg.connect(
            url.replace("+asyncpg", "", 1), server_settings={"application_name": f"{OWN_NAME} probe"}
        )
        try:
            rows = await asker.fetch(
                "select pid, state, query, application_name from pg_stat_activity"
                " where datname = current_database() and backend_type = 'client backend' order by backend_start"
            )
        finally:
            await asker.close()
        return [
            Connection("PostgreSQL", str(pid), state or "", shorten(query or "", 80), name)
            for pid, state, query, name in rows
            if not name.startswith(OWN_NAME)
        ]

    async def valkey(self, client: Redis) -> list[Connection]:
        """Return the connections to the numbered database of `client`, by CLIENT LIST; the asking one is left out.

        Args:
            client: any client of it; its other connections are listed too, unless its name begins with `kata`.
        """
        number = str(client.connection_pool.connection_kwargs.get("db") or 0)
        listed: list[dict[str, str]] = await client.client_list()
        return [
            Connection("Valkey", one["id"], _activity(one["flags"]), _command(one["cmd"]), one["name"])
            for one in listed
            if one["db"] == number and not one["name"].startswith(OWN_NAME) and one["cmd"] != "client|list"
        ]

    async def mongodb(self, database: AsyncDatabase[Any]) -> list[Connection]:
        """Return the connections of this process to the server of `database`, by currentOp.

        A PyMongo client holds two connections to watch the server, and one for each operation that ran at the same
        time. Where an address translation hides which connections are this process's, all of them are returned.

        Args:
            database: any database of that server.
        """
        answer = await database.client.admin.command({"currentOp": 1, "$all": True})
        seen = [operation for operation in answer["inprog"] if operation.get("client")]
        ports = {str(one.laddr.port) for one in psutil.Process().net_connections("tcp") if one.laddr}
        ours = [operation for operation in seen if operation["client"].rpartition(":")[2] in ports]
        by_client = {operation["client"]: operation for operation in ours or seen}
        return [
            Connection(
                "MongoDB",
                client,
                "active" if operation.get("active") else "idle",
                operation.get("op", ""),
                name,
            )
            for client, operation in sorted(by_client.items(), key=_by_operation)
            if not (name := _application(operation)).startswith(OWN_NAME)
        ]

    async def assert_none_left(  # noqa: PLR0913 - all by name, most with a default
        self,
        *,
        wants: str,
        postgres: str | None = None,
        valkey: Redis | None = None,
        mongodb: AsyncDatabase[Any] | None = None,
        apart_from: Collection[Connection] = (),
        look_at: str | None = None,
    ) -> None:
        """Demand that no connection of the slice is left on the servers that are given.

        A server notices a closed socket a moment later, so it is asked up to 40 times.

        Args:
            wants: what the guideline asks for.
            postgres: the URL of the database.
            valkey: a client of the test, with a name of the test's own or with no idle connections.
            mongodb: a database of the test's own client, made with `appname="kata test"`.
            apart_from: connections that were there before, such as those that an earlier test's app left behind.
            look_at: the place in the slice, where the test knows it.

        Raises:
            Verdict: there are connections still; each is shown with its state and what it did last.
            ValueError: no server is given.
        """
        __tracebackhide__ = True
        if postgres is None and valkey is None and mongodb is None:
            raise ValueError("name at least one server: postgres=, valkey= or mongodb=")
        known = {(one.server, one.id) for one in apart_from}
        left: list[Connection] = []
        for _ in range(_POLLS):
            left = await self.postgres(postgres) if postgres is not None else []
            left += await self.valkey(valkey) if valkey is not None else []
            left += await self.mongodb(mongodb) if mongodb is not None else []
            left = [one for one in left if (one.server, one.id) not in known]
            if not left:
                return
            await asyncio.sleep(_PAUSE)
        noun = "connection is" if len(left) == 1 else "connections are"
        saw = [f"{len(left)} {noun} still open", *map(str, left[:_SHOWN])]
        refuse(saw="\n".join(saw), wants=wants, look_at=look_at)


def _activity(flags: str) -> str:
    """Read Valkey's flags: it runs one command at a time, so whoever is listed waits in a blocking one or is idle."""
    return "active" if "b" in flags else "idle"


def _command(name: str) -> str:
    """Write Valkey's name of the last command the way people do: `config|get` is CONFIG GET."""
    return "" if name == "NULL" else name.replace("|", " ").upper()


def _by_operation(item: tuple[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Order connections by what they do, so that a verdict about the same ones reads the same."""
    client, operation = item
    return operation.get("op", ""), client


def _application(operation: Mapping[str, Any]) -> str:
    """Return the name that a MongoDB client gave itself: a server says it in one of two places."""
    metadata = operation.get("clientMetadata", {})
    name = operation.get("appName") or metadata.get("application", {}).get("name")
    return name or ""
