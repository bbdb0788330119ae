"""How often the slice went to Valkey and back, and which keys it left there for how long."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import redis.asyncio.connection
import redis.connection

from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.recording import Recording
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redis.asyncio import Redis

    from docfliq_katas.probes.frames import Where

_SHOWN = 3

# True while the library works on its own account: greeting a server, or asking whether a connection still lives.
_on_its_own: ContextVar[bool] = ContextVar("docfliq_katas_valkey_on_its_own", default=False)


@dataclass(frozen=True, slots=True)
class Trip:
    """One message to the server: one round trip, however many commands are in it.

    Attributes:
        commands: the commands with their arguments, as text: `(("GET", "user:1"), …)`; bytes that are no text
            are escaped.
        sent_bytes: the size of the message.
        where: the place in the slice that asked for it, or None.
    """

    commands: tuple[tuple[str, ...], ...]
    sent_bytes: int
    where: Where | None

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
        """Return the place in the slice that last sent a command with this key, or None."""
        for trip in reversed(self.items):
            if trip.where is not None and any(key in command[1:] for command in trip.commands):
                return trip.where
        return None


class ValkeyProbe:
    """The fixture `valkey_probe`: round trips counted at the socket, and the keys that are left.

    Usage::

        with valkey_probe.record() as trips:
            await client.get("/feed")
        assert trips.count == 1
        await valkey_probe.assert_every_key_expires(valkey, prefix="cache:", at_most=3600, trips=trips, wants="…")

    It sees every redis-py client of this process, asynchronous or not, whenever it was made.
    """

    @contextmanager
    def record(self) -> Iterator[Trips]:
        """Record every message to any server until the block ends; those of a test's own client are included."""
        trips = Trips()
        asynchronous = redis.asyncio.connection.AbstractConnection
        synchronous = redis.connection.AbstractConnection
        replacements: list[tuple[Any, str, Any]] = [
            (asynchronous, "send_packed_command", _noting_async(trips, asynchronous.send_packed_command)),
            (asynchronous, "connect_check_health", _greeting_async(asynchronous.connect_check_health)),
            (synchronous, "send_packed_command", _noting(trips, synchronous.send_packed_command)),
            (synchronous, "connect_check_health", _greeting(synchronous.connect_check_health)),
        ]
        originals = [(owner, name, owner.__dict__[name]) for owner, name, _ in replacements]
        try:
            for owner, name, replacement in replacements:
                setattr(owner, name, replacement)
            yield trips
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)

    async def keys(self, client: Redis, prefix: str = "") -> dict[str, float | None]:
        """Return every key with that prefix and how many seconds it has left; None is for ever.

        Found by SCAN in the database of `client`, sorted by name. A key that is no text shows its bytes escaped.
        """
        names = [name async for name in client.scan_iter(match=f"{_escape(prefix)}*", count=1000)]
        pipeline = client.pipeline(transaction=False)
        for name in names:
            pipeline.pttl(name)
        left = await pipeline.execute()
        return {
            name: None if milliseconds == -1 else milliseconds / 1000
            for name, milliseconds in sorted(zip(map(_text, names), left, strict=True))
            if milliseconds != -2  # it expired since the scan
        }

    async def assert_every_key_expires(  # noqa: PLR0913 - one demand with its bounds
        self,
        client: Redis,
        *,
        wants: str,
        prefix: str = "",
        at_most: float | None = None,
        at_least: float | None = None,
        trips: Trips | None = None,
    ) -> None:
        """Demand that there are keys with that prefix, and that each has a lifetime.

        Args:
            client: any client of the database that the slice writes to.
            wants: what the guideline asks for.
            prefix: which keys; all of them by default.
            at_most: the longest lifetime allowed, in seconds.
            at_least: the shortest lifetime allowed, in seconds; leave room for the time that the test takes.
            trips: a recording of the writes, to say where they were made.

        Raises:
            Verdict: a key lives for ever, too long or too short, or there is no key at all.
        """
        __tracebackhide__ = True
        keys = await self.keys(client, prefix)
        if not keys:
            refuse(saw=f"no key that begins with {prefix}" if prefix else "no key at all", wants=wants)
        faults = {name: fault for name, left in keys.items() if (fault := _fault(left, at_most, at_least))}
        if not faults:
            return
        saw = [f"{shorten(name, 60)} {fault}" for name, fault in list(faults.items())[:_SHOWN]]
        if len(faults) > _SHOWN:
            saw.append(f"and {len(faults) - _SHOWN} more of {len(keys)} keys")
        places = dict.fromkeys(str(place) for name in faults if trips and (place := trips.where_of(name)))
        refuse(saw="\n".join(saw), wants=wants, look_at=", ".join(list(places)[:_SHOWN]) or None)


def _fault(left: float | None, at_most: float | None, at_least: float | None) -> str:
    """Say what is wrong with a lifetime, or nothing."""
    if left is None:
        return "lives for ever: it has no TTL"
    if at_most is not None and left > at_most:
        return f"lives for {left:.0f} s more; at most {at_most:.0f} s are allowed"
    if at_least is not None and left < at_least:
        return f"lives for {left:.0f} s only; at least {at_least:.0f} s are wanted"
    return ""


def _note(trips: Trips, message: Any) -> Any:  # noqa: ANN401 - bytes, text or chunks of bytes
    """Book one message, and return it in a form that can still be sent."""
    chunks = [message] if isinstance(message, (str, bytes)) else list(message)
    raw = b"".join(chunk.encode() if isinstance(chunk, str) else bytes(chunk) for chunk in chunks)
    kept = trips.handshakes if _on_its_own.get() else trips.items
    kept.append(Trip(tuple(_decode(raw)), len(raw), slice_frame()))
    return message if isinstance(message, (str, bytes)) else chunks


@contextmanager
def _library_at_work() -> Iterator[None]:
    """Whatever is sent within is sent on the library's own account."""
    token = _on_its_own.set(True)
    try:
        yield
    finally:
        _on_its_own.reset(token)


def _noting(trips: Trips, send: Callable[..., Any]) -> Callable[..., Any]:
    def noted(connection: Any, command: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        command = _note(trips, command)
        with _library_at_work():
            return send(connection, command, *arguments, **options)

    return noted


def _noting_async(trips: Trips, send: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(connection: Any, command: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        command = _note(trips, command)
        with _library_at_work():
            return await send(connection, command, *arguments, **options)

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
            words.append(_text(raw[position : position + length]))
            position += length + 2
        yield tuple(words)


def _number(raw: bytes, position: int) -> tuple[int, int]:
    """Read the number of a line such as `*2` or `$3`; return it and where the next line begins."""
    end = raw.index(b"\r\n", position)
    return int(raw[position + 1 : end]), end + 2


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode(errors="backslashreplace")


def _escape(prefix: str) -> str:
    """Take the pattern characters of SCAN literally."""
    return "".join(f"\\{letter}" if letter in "*?[]^\\" else letter for letter in prefix)
