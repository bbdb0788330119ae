"""A door that the slice waits at: it knows whether the event loop waited as well, without any clock."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.verdict import refuse

if TYPE_CHECKING:
    from docfliq_katas.probes.frames import Where

GUARD = 10.0  # seconds; only against hanging, never a measure


class Gate:
    """A wait that the test ends, for code that is handed in to the slice.

    Usage::

        gate = loop_probe.gate()
        app.dependency_overrides[get_partner] = lambda: Partner(call=gate.wait)
        waiting = asyncio.create_task(client.get("/report"))
        await gate.entered()              # the first request is inside the blocking call
        await client.get("/posts")        # is somebody else served meanwhile?
        gate.open()
        await waiting
        gate.assert_loop_free(wants="a blocking library on a thread of its own")

    A blocking `wait()` on the thread of a running event loop can never be right: it is noted and not waited out. Thus
    the verdict needs no time limit. Make the gate on the loop that runs the app.

    Attributes:
        arrived: how many calls of `wait` and `wait_async` have begun.
        threads: the names of the threads that came to `wait`, in order of arrival.
        frozen: the places in the slice (or None) where the loop's own thread came to a blocking `wait`.
    """

    def __init__(self) -> None:
        self.arrived = 0
        self.threads: list[str] = []
        self.frozen: list[Where | None] = []
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._opened = threading.Event()
        self._opened_in_loop = asyncio.Event()
        self._changed = asyncio.Event()

    def wait(self, *_: object, **__: object) -> bool:
        """Block until the gate opens, as a library does that only blocks; any arguments are ignored.

        Returns:
            True when the test opened the gate; False when the event loop itself waited, or 10 s went by.
        """
        with self._lock:
            self.arrived += 1
            self.threads.append(threading.current_thread().name)
        self._loop.call_soon_threadsafe(self._changed.set)
        if _runs_a_loop():
            self.frozen.append(slice_frame())
            return False
        return self._opened.wait(GUARD)

    async def wait_async(self, *_: object, **__: object) -> bool:
        """Wait for the gate to open the way an async library does; any arguments are ignored.

        Returns:
            True when the test opened the gate; False when 10 s went by.
        """
        with self._lock:
            self.arrived += 1
        self._changed.set()
        try:
            async with asyncio.timeout(GUARD):
                await self._opened_in_loop.wait()
        except TimeoutError:
            return False
        return True

    async def entered(self, count: int = 1) -> None:
        """Wait until `count` calls have arrived at the gate.

        Args:
            count: how many calls, over all of `wait` and `wait_async` since the gate was made.

        Raises:
            Verdict: fewer had arrived after 10 s.
        """
        __tracebackhide__ = True
        try:
            async with asyncio.timeout(GUARD):
                while self.arrived < count:
                    self._changed.clear()
                    if self.arrived < count:
                        await self._changed.wait()
        except TimeoutError:
            refuse(
                saw=f"{self.arrived} of {count} calls reached the service that the slice waits for",
                wants=f"{count} calls that wait at the same time" if count > 1 else "a call of that service",
            )

    def open(self) -> None:
        """Let everybody through, now and later; on any thread."""
        self._opened.set()
        self._loop.call_soon_threadsafe(self._opened_in_loop.set)

    def assert_loop_free(self, *, wants: str) -> None:
        """Demand that somebody came to the gate, and that the event loop's own thread never waited there.

        Args:
            wants: what the guideline asks for.

        Raises:
            Verdict: the loop waited, or nobody came.
        """
        __tracebackhide__ = True
        if self.frozen:
            where = next((place for place in self.frozen if place), None)
            call = f" in {where.call}" if where and where.call else ""
            refuse(
                saw=f"the event loop itself waited{call}: until that returns, no other request is served",
                wants=wants,
                look_at=str(where) if where else None,
            )
        if not self.arrived:
            refuse(saw="the slice never made the call that it has to wait for", wants=wants)


def _runs_a_loop() -> bool:
    """Say whether this thread is the thread of a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
