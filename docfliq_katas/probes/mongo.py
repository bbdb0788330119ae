"""Which commands reached MongoDB, what they brought back, and how the server ran them."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions, TypeRegistry
from pymongo import monitoring

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.mongo_plans import read_plan
from docfliq_katas.probes.recording import Recording, Timed
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

    from docfliq_katas.probes.frames import Where
    from docfliq_katas.probes.mongo_plans import MongoPlan

# What a client does to find its way, and what a start-up does once; no answer to a request is made of these.
HOUSEKEEPING = frozenset(
    {"hello", "isMaster", "ismaster", "ping", "buildInfo", "buildinfo", "endSessions", "killCursors", "saslStart"}
    | {"saslContinue", "listCollections", "listIndexes", "createIndexes", "create", "explain", "serverStatus"}
)
_EXPLAINABLE = frozenset({"find", "aggregate", "count", "distinct", "findAndModify"})
_TRANSPORT_FIELDS = frozenset(
    {"lsid", "$db", "$readPreference", "$clusterTime", "txnNumber", "startTransaction", "autocommit", "maxTimeMS"}
)
_CODEC: CodecOptions[dict[str, Any]] = CodecOptions(
    uuid_representation=UuidRepresentation.STANDARD, type_registry=TypeRegistry(fallback_encoder=str)
)


@dataclass(frozen=True, slots=True)
class Command(Timed):
    """One command that the server has answered; `seconds` is what the driver measured.

    Attributes:
        name: `find`, `aggregate`, `getMore`, `insert`, `update`, …
        database: the database that it was sent to.
        collection: the collection, or empty where it has none.
        body: the whole command as it was sent: `body["filter"]`, `body["projection"]`, `body["pipeline"]`, …
        documents: how many documents came back.
        reply_bytes: the size of the reply in BSON, in bytes.
        where: the place in the slice that asked for it, or None.
    """

    name: str
    database: str
    collection: str
    body: Mapping[str, Any]
    documents: int
    reply_bytes: int
    where: Where | None

    def __str__(self) -> str:
        asked = {key: value for key, value in self.body.items() if key in ("filter", "pipeline", "q", "projection")}
        return shorten(f"{self.name} {self.collection} {asked or ''}", 140)


@dataclass
class Commands(Recording[Command]):
    """What one recording saw, in order of the answers; iterate over it, index it, take its `len`.

    Never in it: commands that failed, and what clients do on their own, which is in `housekeeping`.

    Attributes:
        count: how many commands the server has answered.
        housekeeping: handshakes, pings, the making and listing of indexes and collections.
    """

    housekeeping: list[Command] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """How many documents came back, over all commands."""
        return sum(command.documents for command in self.items)

    @property
    def reply_bytes(self) -> int:
        """How many bytes of BSON came back, over all commands."""
        return sum(command.reply_bytes for command in self.items)

    def named(self, *names: str) -> list[Command]:
        """Return the commands with one of these names, such as `find` and `getMore`.

        Args:
            names: as MongoDB writes them.
        """
        return [command for command in self.items if command.name in names]


class MongoProbe:
    """The fixture `mongo_probe`: the commands that any PyMongo client of this process sends.

    Usage::

        with mongo_probe.record() as commands:
            await client.get("/notifications")
        assert commands.documents <= 20
        plan = await mongo_probe.plan(mongodb, commands.named("find")[0])
        assert plan.stages == ("FETCH", "IXSCAN")

    PyMongo tells only those clients that were made after this module was imported: ask for the fixture before the app
    is built. Call the route once before the first recording.
    """

    @contextmanager
    def record(self) -> Iterator[Commands]:
        """Record every command until the block ends, whichever client, thread or task sends it."""
        commands = Commands()
        _LISTENER.recordings.append(commands)
        try:
            yield commands
        finally:
            _LISTENER.recordings[:] = [kept for kept in _LISTENER.recordings if kept is not commands]

    async def plan(self, database: AsyncDatabase[Any], command: Command) -> MongoPlan:
        """Ask the server how it runs the command; nothing is changed.

        Updates and deletes are left out: the stand-in explains them as a scan of the collection, whatever the index.

        Args:
            database: any database of the same server; the command's own name of the database is used.
            command: one that was recorded: find, aggregate, count, distinct or findAndModify.

        Raises:
            ValueError: no trustworthy plan is to be had for a command of that name.
        """
        if command.name not in _EXPLAINABLE:
            raise ValueError(f"a plan is to be had for {', '.join(sorted(_EXPLAINABLE))}, not for {command.name}")
        asked = {key: value for key, value in command.body.items() if key not in _TRANSPORT_FIELDS}
        if command.name == "aggregate":
            asked.setdefault("cursor", {})
        answer = await database.client[command.database].command(
            {"explain": asked, "verbosity": "executionStats"}, codec_options=_CODEC
        )
        return read_plan(answer)

    def assert_same_count(
        self, few: Commands, many: Commands, *, sizes: tuple[int, int], noun: str, wants: str
    ) -> None:
        """Demand that more documents cost no more commands.

        Args:
            few: the recording of the small run.
            many: the recording of the large run.
            sizes: how many things were listed in each run, such as `(3, 30)`.
            noun: what they are, in the plural.
            wants: what the guideline asks for.

        Raises:
            Verdict: the large run took more commands, or one of the runs took none at all.
        """
        __tracebackhide__ = True
        if not few.count or not many.count:
            refuse(saw=f"no command at all for {sizes[1 if few.count else 0]} {noun}", wants=wants)
        if many.count <= few.count:
            return
        before = [(command.name, command.collection, command.where) for command in few]
        grown: dict[tuple[str, str, Where | None], int] = {}
        for command in many:
            key = (command.name, command.collection, command.where)
            if key in before:
                before.remove(key)
            else:
                grown[key] = grown.get(key, 0) + 1
        worst = sorted(grown, key=lambda key: -grown[key])[:3]
        saw = [f"{many.count} commands for {sizes[1]} {noun}, {few.count} for {sizes[0]} {noun}"]
        saw += [f"{grown[key]} more of: {key[0]} on {key[1]}" for key in worst]
        places = dict.fromkeys(str(key[2]) for key in worst if key[2])
        refuse(saw="\n".join(saw), wants=wants, look_at=", ".join(places) or None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command on its way."""

    body: Mapping[str, Any]
    where: Where | None
    began: float
    request: int | None


class _Listener(monitoring.CommandListener):
    """Hears every command of every client, and remembers only what a recording asks for."""

    def __init__(self) -> None:
        self.recordings: list[Commands] = []
        self._started: dict[int, _Asked] = {}
        self._lock = threading.Lock()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.recordings:
            with self._lock:
                self._started[event.request_id] = _Asked(
                    dict(event.command), slice_frame(), time.perf_counter(), requests.current.get()
                )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        with self._lock:
            asked = self._started.pop(event.request_id, None)
        if asked is None:
            return
        command = Command(
            name=event.command_name,
            database=event.database_name,
            collection=_collection(event.command_name, asked.body),
            body=asked.body,
            documents=_documents(event.reply),
            reply_bytes=len(bson.encode(event.reply, codec_options=_CODEC)),
            where=asked.where,
            began=asked.began,
            seconds=event.duration_micros / 1e6,
            request=asked.request,
        )
        for recording in self.recordings:
            (recording.housekeeping if command.name in HOUSEKEEPING else recording.items).append(command)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        with self._lock:
            self._started.pop(event.request_id, None)


def _collection(name: str, body: Mapping[str, Any]) -> str:
    """Return the collection that a command names: `getMore` has it in a field of its own."""
    named = body.get("collection") if name == "getMore" else body.get(name)
    return named if isinstance(named, str) else ""


def _documents(reply: Mapping[str, Any]) -> int:
    """Count the documents in a reply: a batch of a cursor, or the one that findAndModify returns."""
    cursor = reply.get("cursor")
    if cursor:
        return len(cursor.get("firstBatch", cursor.get("nextBatch", ())))
    return 1 if isinstance(reply.get("value"), dict) else 0


_LISTENER = _Listener()
monitoring.register(_LISTENER)
