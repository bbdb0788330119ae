"""How often the slice went to Valkey and back, and which keys it left there for how long."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docfliq_katas.probes.valkey_socket import Trip, Trips, listening, text
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis

__all__ = ["Trip", "Trips", "ValkeyProbe"]

_SHOWN = 3


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
        with listening(trips):
            yield trips

    async def keys(self, client: Redis, prefix: str = "") -> dict[str, float | None]:
        """Return every key with that prefix and how many seconds it has left; None is for ever.

        Found by SCAN in the database of `client`, sorted by name. A key that is no text shows its bytes escaped.

        Args:
            client: any client of the database that the slice writes to.
            prefix: which keys; all of them by default.
        """
        names = [name async for name in client.scan_iter(match=f"{_escape(prefix)}*", count=1000)]
        pipeline = client.pipeline(transaction=False)
        for name in names:
            pipeline.pttl(name)
        left = await pipeline.execute()
        return {
            name: None if milliseconds == -1 else milliseconds / 1000
            for name, milliseconds in sorted(zip(map(text, names), left, strict=True))
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


def _escape(prefix: str) -> str:
    """Take the pattern characters of SCAN literally."""
    return "".join(f"\\{letter}" if letter in "*?[]^\\" else letter for letter in prefix)
