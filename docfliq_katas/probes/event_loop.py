"""Did the event loop stand still, for how long, and in which call of the slice."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docfliq_katas.probes.gate import Gate
from docfliq_katas.probes.verdict import refuse
from docfliq_katas.probes.watchdog import Stall, Watchdog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

THRESHOLD = 0.1  # seconds; slices that block on purpose block for at least three times as long


@dataclass(slots=True)
class Heartbeat:
    """What `LoopProbe.watch()` saw, complete when its block has ended.

    Attributes:
        stalls: every stall of 20 ms or more, in order; those with `where` None are not the slice's doing.
        turns: how many callbacks the loop has run.
    """

    stalls: list[Stall] = field(default_factory=list)
    turns: int = 0

    @property
    def worst(self) -> float:
        """The longest stall inside the slice, in seconds; 0.0 when there was none."""
        return max((stall.seconds for stall in self.stalls if stall.where), default=0.0)

    def assert_free(self, *, wants: str, limit: float = THRESHOLD) -> None:
        """Demand that no call of the slice held the loop for `limit` seconds or more.

        Args:
            wants: what the guideline asks for.
            limit: the shortest stall that is refused, in seconds; below 0.02 s none is kept.

        Raises:
            Verdict: the slice did; every place is named once, the longest first.
        """
        __tracebackhide__ = True
        guilty = sorted(
            (stall for stall in self.stalls if stall.where and stall.seconds >= limit),
            key=lambda stall: -stall.seconds,
        )
        if not guilty:
            return
        worst_at = {stall.where: stall for stall in reversed(guilty)}
        places = sorted(worst_at.values(), key=lambda stall: -stall.seconds)
        refuse(
            saw="the event loop stood still: nobody else was served for\n" + "\n".join(map(str, places)),
            wants=wants,
            look_at=", ".join(str(stall.where) for stall in places),
        )


class LoopProbe:
    """The fixture `loop_probe`: two instruments for an event loop that must never wait.

    `watch()` measures: it finds any blocking call, waiting or computing, of 0.1 s or more, and names it::

        await client.get("/posts")                  # warm up: lazy imports and thread starts cost 20 ms and more
        async with loop_probe.watch() as heartbeat:
            await client.get("/posts")
        heartbeat.assert_free(wants="nothing that blocks inside async def")

    `gate()` needs no clock: the slice is given a function that waits, and the gate knows on which thread it waited.
    """

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[Heartbeat]:
        """Watch the running loop, asyncio's own, until the block ends.

        Every callback is timed by itself, so many short ones in a row are no stall. While one is late, a thread looks
        at the stack every 10 ms, which names the call. The time in which this process was ready but got no processor
        is left out, so a busy machine makes no stall. A C call that keeps the interpreter to itself is seen when it
        returns.
        """
        heartbeat = Heartbeat()

        def note(stall: Stall | None) -> None:
            heartbeat.turns += 1
            if stall:
                heartbeat.stalls.append(stall)

        watchdog = Watchdog(note)
        watchdog.start()
        try:
            await asyncio.sleep(0)  # what follows runs in a callback that is timed from its start
            yield heartbeat
        finally:
            try:
                await asyncio.sleep(0)  # the callback that ends here is booked
            finally:
                watchdog.stop()

    def gate(self) -> Gate:
        """Return a new `Gate` for the running loop."""
        return Gate()
