"""The requests that an app has answered, and which of them the running code works for.

`serve` tells of each request; the other instruments write its number beside what they saw. A task or a worker thread
that a request starts works for that request, also after its answer.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from docfliq_katas.probes.recording import Recording, Timed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.probes.frames import Where

current: ContextVar[int | None] = ContextVar("docfliq_katas_request", default=None)
"""The number of the request that the running code works for; None outside of any."""


@dataclass(frozen=True, slots=True)
class Request(Timed):
    """One request from the client's side; `seconds` is the time from the sending to the end of the body.

    Attributes:
        number: which request of this process it is, counted from 1 in the order of their beginning.
        method: `GET`, `POST`, …
        path: the path with its query, as it was sent.
        status: the status of the response, or None where none came.
        raised: what the app let escape, in a line; empty where nothing did.
        where: where the endpoint is defined, or None.
    """

    number: int
    method: str
    path: str
    status: int | None
    raised: str
    where: Where | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(slots=True)
class Outcome:
    """What is known of a request at its end; `serve` fills it in."""

    status: int | None = None
    raised: str = ""
    where: Where | None = None


@contextmanager
def record() -> Iterator[Recording[Request]]:
    """Record every request that `serve` carries until the block ends, in the order of their ends."""
    requests: Recording[Request] = Recording()
    _recordings.append(requests)
    try:
        yield requests
    finally:
        _recordings[:] = [kept for kept in _recordings if kept is not requests]


@contextmanager
def under_way(method: str, path: str) -> Iterator[Outcome]:
    """Let the block work for a request of its own, which ends with it."""
    number, outcome, began = next(_numbers), Outcome(), time.perf_counter()
    token = current.set(number)
    try:
        yield outcome
    finally:
        current.reset(token)
        request = Request(
            number=number,
            method=method,
            path=path,
            status=outcome.status,
            raised=outcome.raised,
            where=outcome.where,
            began=began,
            seconds=time.perf_counter() - began,
            request=number,
        )
        _last.append(request)
        for recording in _recordings:
            recording.items.append(request)


def ended_within(since: float, moment: float) -> int | None:
    """Return the number of the request that began after `since`, was under way at `moment`, and has ended; or None.

    A callback of the loop may begin and end a whole request, so that none is current at either end of it.
    """
    for request in reversed(_last):
        if since <= request.began <= moment <= request.ended:
            return request.number
    return None


_numbers = count(1)
_recordings: list[Recording[Request]] = []
_last: deque[Request] = deque(maxlen=16)
