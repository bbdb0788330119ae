"""How much memory Python objects took at their peak, and which line of the slice took it."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas.probes.frames import slice_file
from docfliq_katas.probes.verdict import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK = 0.005  # seconds between two looks
_WORTH_A_LOOK = 500_000  # bytes over the level at the start
_FRAMES = 25  # how deep an allocation is traced: from a buffer in the library up to the slice that asked for it


@dataclass(slots=True)
class Memory:
    """What one recording measured; complete when its block has ended.

    Attributes:
        peak: bytes held at the highest moment, over what was held when the block began.
        left: bytes still held at the end of the block, over what was held when it began.
        where: the line of the slice that held the most near the peak, as `src/media/service.py:12`; None where
            no line of the slice was on the stack, as for what a worker thread of a library reads on its behalf.
    """

    peak: int = 0
    left: int = 0
    where: str | None = None

    def assert_below(self, limit: int, *, wants: str, look_at: str | None = None) -> None:
        """Demand that the peak stayed below `limit` bytes.

        Args:
            limit: in bytes.
            wants: what the guideline asks for.
            look_at: the place in the slice, where the test knows it; `where` by default.

        Raises:
            Verdict: it did not.
        """
        __tracebackhide__ = True
        if self.peak >= limit:
            refuse(
                saw=f"{_megabytes(self.peak)} held at the peak; the limit is {_megabytes(limit)}",
                wants=wants,
                look_at=look_at or self.where,
            )


class MemoryProbe:
    """The fixture `memory_probe`: the peak of what Python allocates, by tracemalloc, in bytes.

    Usage::

        await client.post("/media", files=small)              # warm up: imports and caches are not the slice's
        with memory_probe.record() as memory:
            await client.post("/media", files=large)
        memory.assert_below(5_000_000, wants="one chunk in memory at a time")

    Counted is what goes through Python's allocators, in every thread: objects, bytes, arrays; not what a C library
    takes on its own. What the test itself makes within the block counts as well, so make the upload before it.
    Everything runs several times slower inside the block.
    """

    @contextmanager
    def record(self) -> Iterator[Memory]:
        """Measure until the block ends; a trace that was running before goes on afterwards."""
        memory = Memory()
        was_tracing = tracemalloc.is_tracing()
        gc.collect()
        if not was_tracing:
            tracemalloc.start(_FRAMES)
        scout = _Scout()
        try:
            tracemalloc.reset_peak()
            level = tracemalloc.get_traced_memory()[0]
            scout.start()
            try:
                yield memory
            finally:
                held, peak = tracemalloc.get_traced_memory()
                memory.peak, memory.left = max(0, peak - level), held - level
                scout.stop()
                memory.where = scout.heaviest_line()
        finally:
            if not was_tracing:
                tracemalloc.stop()


class _Scout:
    """A thread that keeps the traces of the highest level it met: tracemalloc remembers the peak, not its owner."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._highest = 0
        self._snapshot: tracemalloc.Snapshot | None = None
        self._thread = threading.Thread(target=self._run, name="docfliq-katas-memory", daemon=True)

    def start(self) -> None:
        self._highest = tracemalloc.get_traced_memory()[0] + _WORTH_A_LOOK
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def heaviest_line(self) -> str | None:
        """Return the line of the slice that owned the most bytes, however deep in a library they were allocated."""
        if self._snapshot is None:
            return None
        owned: Counter[str] = Counter()
        for trace in self._snapshot.traces:
            for frame in reversed(trace.traceback):  # the innermost first
                file = slice_file(frame.filename)
                if file is not None:
                    owned[f"{file}:{frame.lineno}"] += trace.size
                    break
        return owned.most_common(1)[0][0] if owned else None

    def _run(self) -> None:
        while not self._stopping.wait(_TICK):
            held = tracemalloc.get_traced_memory()[0]
            if held > self._highest:
                self._highest = int(held * 1.2)  # a snapshot costs: only a real step up is worth the next one
                self._snapshot = tracemalloc.take_snapshot()


def _megabytes(size: int) -> str:
    """Write a number of bytes for a reader: `40.1 MB`, of 1,000,000 bytes each."""
    return f"{size / 1e6:.1f} MB"
