"""The messages that redis-py sends to a server, heard where it writes to the socket and reads from it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import redis.asyncio.connection
import redis.connection

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.recording import Recording, Timed
from docfliq_katas.probes.verdict import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from docfliq_katas.probes.frames import Where

# True while the library works on its own account: greeting a server, or asking whether a connection still lives.
_on_its_own: ContextVar[bool] = ContextVar("docfliq_katas_valkey_on_its_own", default=False)


@dataclass(frozen=True, slots=True)
class Trip(Timed):
    """One message to the server: one round trip, however many commands are in it; `seconds` ends with the last reply.

    Attributes:
        commands: the commands with their arguments, as text: `(("GET", "user:1"), …)`; bytes that are no text
            are escaped.
        sent_bytes: the size of the message.
        where: the place in the slice that asked for it, or None.
        client: the name of the client; that of a test begins with `kata`.
    """

    commands: tuple[tuple[str, ...], ...]
    sent_bytes: int
    where: Where | None
    client: str = ""

    def __str__(self) -> str:
        return shorten("; ".join(" ".join(command) for command in self.commands), 100)


@dataclass
class Trips(Recording[Trip]):
    """What one recording saw, in order; iterate over it, index it, take its `len`.

    Attributes:
        count: how many round trips there were: 10 GET are 10, one MGET is 1, one pipeline is 1.
        handshakes: what the client library sent on its own when it connected, or to see whether a connection
            still lives.
    """

    handshakes: list[Trip] = field(default_factory=list)

    @property
    def commands(self) -> list[tuple[str, ...]]:
        """All commands in order, without the borders of pipelines; MULTI and EXEC are commands too."""
        return [command for trip in self.items for command in trip.commands]

    def where_of(self, key: str) -> Where | None:
        """Return the place in the slice that last sent a command with this key, or None.

        Args:
            key: the whole key, as text.
        """
        for trip in reversed(self.items):
            if trip.where is not None and any(key in command[1:] for command in trip.commands):
                return trip.where
        return None


@contextmanager
def listening(trips: Trips) -> Iterator[None]:
    """Book every message in `trips` until the block ends; recordings inside one another hear the same."""
    if not _recordings:
        _replace()
    _recordings.append(trips)
    try:
        yield
    finally:
        _recordings[:] = [kept for kept in _recordings if kept is not trips]
        while _originals and not _recordings:
            setattr(*_originals.pop())


def text(value: str | bytes) -> str:
    """Return what the server sent or got as text; bytes that are no text are escaped."""
    return value if isinstance(value, str) else value.decode(errors="backslashreplace")


@dataclass(slots=True)
class _Waiting:
    """A trip whose replies are still to be read from its connection."""

    trip: Trip
    replies: int
    booked: list[tuple[list[Trip], int]]  # the lists that hold it, and where


_recordings: list[Trips] = []
_originals: list[tuple[Any, str, Any]] = []
_waiting: WeakKeyDictionary[Any, _Waiting] = WeakKeyDictionary()


def _replace() -> None:
    asynchronous = redis.asyncio.connection.AbstractConnection
    synchronous = redis.connection.AbstractConnection
    replacements: list[tuple[Any, str, Callable[..., Any]]] = [
        (asynchronous, "send_packed_command", _noting_async),
        (asynchronous, "connect_check_health", _greeting_async),
        (asynchronous, "read_response", _reading_async),
        (synchronous, "send_packed_command", _noting),
        (synchronous, "connect_check_health", _greeting),
        (synchronous, "read_response", _reading),
    ]
    for owner, name, wrap in replacements:
        original = owner.__dict__[name]
        _originals.append((owner, name, original))
        setattr(owner, name, wrap(original))


def _note(connection: Any, message: Any) -> Any:  # noqa: ANN401 - bytes, text or chunks of bytes
    """Book one message, and return it in a form that can still be sent."""
    chunks = [message] if isinstance(message, (str, bytes)) else list(message)
    raw = b"".join(chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in chunks)
    trip = Trip(
        commands=tuple(_decode(raw)),
        sent_bytes=len(raw),
        where=slice_frame(),
        client=getattr(connection, "client_name", None) or "",
        began=time.perf_counter(),
        request=requests.current.get(),
    )
    own = _on_its_own.get()
    kept = [recording.handshakes if own else recording.items for recording in _recordings]
    booked = [(items, len(items)) for items in kept]
    for items in kept:
        items.append(trip)
    if not own:
        _waiting[connection] = _Waiting(trip, len(trip.commands), booked)
    return message if isinstance(message, (str, bytes)) else chunks


def _note_reply(connection: Any) -> None:  # noqa: ANN401 - a connection of either kind
    """Book when a reply was read; the trip ends with its last one."""
    waiting = None if _on_its_own.get() else _waiting.get(connection)
    if waiting is None:
        return
    waiting.replies -= 1
    if waiting.replies <= 0:
        del _waiting[connection]
    before = waiting.trip
    waiting.trip = replace(before, seconds=time.perf_counter() - before.began)
    for items, index in waiting.booked:
        if items[index : index + 1] == [before]:  # a test may have emptied the list
            items[index] = waiting.trip


@contextmanager
def _library_at_work() -> Iterator[None]:
    """Whatever is sent within is sent on the library's own account."""
    token = _on_its_own.set(True)
    try:
        yield
    finally:
        _on_its_own.reset(token)


def _noting(send: Callable[..., Any]) -> Callable[..., Any]:
    def noted(connection: Any, command: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        command = _note(connection, command)
        with _library_at_work():
            return send(connection, command, *arguments, **options)

    return noted


def _noting_async(send: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(connection: Any, command: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        command = _note(connection, command)
        with _library_at_work():
            return await send(connection, command, *arguments, **options)

    return noted


def _reading(read: Callable[..., Any]) -> Callable[..., Any]:
    def noted(connection: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        try:
            return read(connection, *arguments, **options)
        finally:
            _note_reply(connection)

    return noted


def _reading_async(read: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(connection: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        try:
            return await read(connection, *arguments, **options)
        finally:
            _note_reply(connection)

    return noted


def _greeting(connect: Callable[..., Any]) -> Callable[..., Any]:
    def greeted(connection: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        with _library_at_work():
            return connect(connection, *arguments, **options)

    return greeted


def _greeting_async(connect: Callable[..., Any]) -> Callable[..., Any]:
    async def greeted(connection: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        with _library_at_work():
            return await connect(connection, *arguments, **options)

    return greeted


def _decode(raw: bytes) -> Iterable[tuple[str, ...]]:
    """Read the commands of a message in the server's protocol: `*2 $3 GET $6 user:1`, each part on its own line."""
    position = 0
    while raw[position : position + 1] == b"*":
        count, position = _number(raw, position)
        words = []
        for _ in range(count):
            length, position = _number(raw, position)
            words.append(text(raw[position : position + length]))
            position += length + 2
        yield tuple(words)


def _number(raw: bytes, position: int) -> tuple[int, int]:
    """Read the number of a line such as `*2` or `$3`; return it and where the next line begins."""
    end = raw.index(b"\r\n", position)
    return int(raw[position + 1 : end]), end + 2
