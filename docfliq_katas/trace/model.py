"""What happened in one test: its requests, and the calls that were made in them. All times are in seconds.

Times count from the first thing that is in the trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import TypeAdapter

Kind: TypeAlias = Literal["sql", "mongodb", "valkey", "stall", "thread"]
"""What kind of thing happened; a `stall` is the event loop standing still, a `thread` a call in a worker thread."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, from the client's side.

    Attributes:
        number: which one it is, counted from 1.
        method: `GET`, `POST`, …
        path: the path with its query.
        status: the status of the response, or None where none came.
        raised: what the app let escape, in a line; empty where nothing did.
        began: when it was sent.
        seconds: how long it was under way.
    """

    number: int
    method: str
    path: str
    status: int | None
    raised: str
    began: float
    seconds: float

    @property
    def ended(self) -> float:
        """When its answer was there."""
        return self.began + self.seconds


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that happened, in a request or outside of any.

    Attributes:
        kind: what kind of thing.
        name: what it is, in two or three words: `SELECT users`.
        what: what it is, in full but without values.
        where: the place in the slice, as `src/posts/service.py:28 (card)`; empty where none is known.
        rows: rows or documents that came back or were changed; None where that is no question.
        began: when it began.
        seconds: how long it took.
        waited: for a call in a thread: the part of the time in which no thread was free.
        request: the number of its request, or None outside of any.
    """

    kind: Kind
    name: str
    what: str
    where: str
    rows: int | None
    began: float
    seconds: float
    waited: float
    request: int | None

    @property
    def ended(self) -> float:
        """When it ended."""
        return self.began + self.seconds


@dataclass(frozen=True, slots=True)
class Trace:
    """What was recorded of one test.

    Attributes:
        test: its name, with the id of its parameters where it has some.
        law: its docstring.
        outcome: `passed`, `failed`, or `error` where it could not be set up.
        requests: the requests, in the order of their beginning.
        calls: the calls, in the order of their beginning.
    """

    test: str
    law: str
    outcome: str
    requests: tuple[Request, ...]
    calls: tuple[Call, ...]

    @property
    def function(self) -> str:
        """The name of the test without the id of its parameters."""
        return self.test.partition("[")[0]


_TRACES = TypeAdapter(tuple[Trace, ...])


def to_json(traces: tuple[Trace, ...]) -> bytes:
    """Return traces as JSON."""
    return _TRACES.dump_json(traces)


def from_json(data: bytes) -> tuple[Trace, ...]:
    """Return the traces that `to_json` wrote."""
    return _TRACES.validate_json(data)
