"""What times every callback of an event loop, and looks at the stack of one that is late."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import freeze, slice_file, where_in
from docfliq_katas.probes.recording import Timed
from docfliq_katas.probes.verdict import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextvars import Context

    from docfliq_katas.probes.frames import FrozenStack, Where

_TICK = 0.01  # seconds between two looks of the watchdog thread
_COMPUTED = 0.001  # seconds between two looks; a loop that computes has to hand the interpreter to the watchdog
_NOTICED = 0.02  # seconds; shorter stalls are the ordinary grain of a busy machine


@dataclass(frozen=True, slots=True)
class Stall(Timed):
    """One callback of the loop, such as one step of a task, that kept all others waiting.

    `began` is when it was first seen in the slice; `seconds` is how long it stayed there, without the time in which it
    waited for a processor.

    Attributes:
        ticks: how often the watchdog, once in 10 ms, found it at this place.
        call: the source of the call in the slice, such as `time.sleep(0.4)`; empty when `where` is None.
        where: the place in the slice, or None when no frame of the slice was on the loop's stack.
        inside: the innermost Python function, as `socket.readinto`; empty when that is the slice's own.
    """

    ticks: int
    call: str
    where: Where | None
    inside: str

    def __str__(self) -> str:
        call = shorten(self.call, 60) or "code outside the slice"
        waiting = f" (inside {self.inside})" if self.inside else ""
        return f"{self.seconds:.2f} s in {call}{waiting}"


@dataclass(frozen=True, slots=True)
class _Sample:
    """One look at the loop's stack; it stands for the time since the look before, or since the callback began."""

    stack: FrozenStack
    began: float
    seconds: float


@dataclass(slots=True)
class _Turn:
    """One callback on its way: what the loop's thread had used up when it began, in seconds, and what was seen."""

    wall: float
    computing: float
    queueing: float
    request: int | None
    samples: list[_Sample] = field(default_factory=list)
    delayed: float = 0.0  # for how long the watchdog was ready to look but had no processor
    disturbed: float = 0.0  # for how long the watchdog kept the interpreter from a loop that was computing


class Watchdog:
    """Times every callback of the loop on this thread, from which it is made; a second thread looks at late ones.

    Args:
        note: is called after each callback, with its stall or None.
    """

    def __init__(self, note: Callable[[Stall | None], None]) -> None:
        self._note = note
        self._loop_thread = threading.get_ident()
        self._queue = _open_run_queue()
        self._turn: _Turn | None = None
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="docfliq-katas-watchdog", daemon=True)
        self._original = asyncio.Handle._run  # noqa: SLF001 - what every callback of asyncio goes through

    def start(self) -> None:
        """Begin to time."""
        self._thread.start()
        self._ready.wait()
        original, watchdog = self._original, self

        def timed(handle: asyncio.Handle) -> None:
            if threading.get_ident() != watchdog._loop_thread:
                original(handle)
                return
            context: Context = getattr(handle, "_context")  # noqa: B009 - typeshed does not know it
            request = context.get(requests.current)
            queueing = _usage(watchdog._queue)[1]
            watchdog._turn = _Turn(time.perf_counter(), time.thread_time(), queueing, request)
            try:
                original(handle)
            finally:
                watchdog._book(context)

        setattr(asyncio.Handle, "_run", timed)  # noqa: B010 - a method, on purpose

    def stop(self) -> None:
        """End it, and give asyncio its own way back."""
        setattr(asyncio.Handle, "_run", self._original)  # noqa: B010 - a method, on purpose
        self._turn = None
        self._stopping.set()
        self._thread.join()
        _close(self._queue)
        self._queue = None

    def _book(self, context: Context) -> None:
        """Note, on the loop's thread, that a callback has ended, and its stall if there was one."""
        turn, self._turn = self._turn, None
        stall = self._stall(turn, context) if turn and turn.samples else None
        self._note(stall if stall and stall.seconds >= _NOTICED else None)

    def _stall(self, turn: _Turn, context: Context) -> Stall:
        """Return how long the slice held the loop in a callback that has ended."""
        computed = time.thread_time() - turn.computing
        queued = _usage(self._queue)[1] - turn.queueing
        idle = time.perf_counter() - turn.wall - computed - queued - turn.disturbed
        # Two upper bounds, each free of one disturbance: a full run queue, and a process that stood still as a whole.
        served = computed + max(0.0, idle)
        looked_at = sum(min(sample.seconds, 3 * _TICK) for sample in turn.samples)
        witnessed = max(computed, looked_at + turn.delayed)
        return _blamed(min(served, witnessed), turn, context.get(requests.current))

    def _run(self) -> None:
        own_queue = _open_run_queue()
        looked = time.perf_counter()
        computed, waited = _usage(self._queue)[0], _usage(own_queue)[1]
        self._ready.set()
        while not self._stopping.wait(_TICK):
            # A wait or a read hands the interpreter over. A call that then keeps it shows once, when it gives it back,
            # so there is a look after each.
            began, turn = time.perf_counter(), self._turn
            looked = self._look(looked)
            computing = _usage(self._queue)[0]
            looked = self._look(looked)
            waiting = _usage(own_queue)[1]
            looked = self._look(looked)
            if turn is not None:
                turn.delayed += waiting - waited
                if computing - computed > _COMPUTED:
                    turn.disturbed += waiting - waited + time.perf_counter() - began
            computed, waited = computing, waiting
            looked = self._look(looked)
        _close(own_queue)

    def _look(self, looked: float) -> float:
        """Keep the loop's stack if its callback is late and the last look is a while ago; return when that was."""
        now, turn = time.perf_counter(), self._turn
        if now - looked < _TICK / 2:
            return looked
        frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - the documented way in
        if turn is not None and frame is not None and now - turn.wall > _TICK:
            since = max(looked, turn.wall)
            turn.samples.append(_Sample(freeze(frame), since, now - since))
        return now


def _blamed(seconds: float, turn: _Turn, request_after: int | None) -> Stall:
    """Blame the place in the slice that was seen most, for the share of the time that the slice was seen at all."""
    seen = [(where_in(sample.stack), _inside(sample.stack), sample) for sample in turn.samples]
    in_slice = [(where, inside, sample) for where, inside, sample in seen if where]
    seconds *= _span(in_slice) / _span(seen) if in_slice else 1.0
    # It was there before it was first seen, but it is over now.
    began = max(turn.wall, min((in_slice or seen)[0][2].began, time.perf_counter() - seconds))
    request = requests.ended_within(turn.wall, began + seconds / 2) or turn.request or request_after
    if not in_slice:
        return Stall(len(seen), "", None, seen[-1][1], began=began, seconds=seconds, request=request)
    (where, inside), ticks = Counter((where, inside) for where, inside, _ in in_slice).most_common(1)[0]
    return Stall(ticks, where.call, where, inside, began=began, seconds=seconds, request=request)


def _span(seen: Sequence[tuple[Where | None, str, _Sample]]) -> float:
    return sum(sample.seconds for _, _, sample in seen)


def _inside(stack: FrozenStack) -> str:
    """Name the innermost Python function of a stack, unless it is the slice's own."""
    code = stack[0][0]
    return "" if slice_file(code.co_filename) else f"{Path(code.co_filename).stem}.{code.co_name}"


def _open_run_queue() -> int | None:
    """Open what Linux knows of the use that this thread makes of processors, or return None elsewhere."""
    try:
        descriptor = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return None
    if len(os.pread(descriptor, 100, 0).split()) < 2:
        os.close(descriptor)
        return None
    return descriptor


def _usage(queue: int | None) -> tuple[float, float]:
    """Return for how long a thread computed, and for how long it was ready but had no processor, in seconds."""
    if queue is None:
        return 0.0, 0.0
    computed, waited, *_ = os.pread(queue, 100, 0).split()
    return int(computed) / 1e9, int(waited) / 1e9


def _close(queue: int | None) -> None:
    if queue is not None:
        os.close(queue)
