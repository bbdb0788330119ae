"""What is drawn where: blocks of requests on one scale of time, like calls folded into one line, letters for the key.

Blocks that overlap share a start; else every block starts at the left, and what the test did in between is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from docfliq_katas.probes.verdict import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docfliq_katas.trace.model import Call, Kind, Request, Trace

_PAUSE = 0.02  # seconds; calls outside of requests that are further apart are blocks of their own
_ALIKE = 3  # as many requests in a row that do the same are drawn once
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

SERVERS: dict[Kind, tuple[str, str, str]] = {
    "sql": ("PostgreSQL", "SQL statement", "row"),
    "mongodb": ("MongoDB", "MongoDB command", "document"),
    "valkey": ("Valkey", "Valkey round trip", ""),
}
"""For each kind of call to a server: its name, what one call is, and what it brings back."""

SHARED = "Every request begins at the left; those that overlap share a start."
"""How the scale of time is to be read."""

Letters: TypeAlias = "dict[tuple[str, str, str], str]"
"""Kind, words and place of a call -> its letter; two pictures that share them name the same thing alike."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls of one request that are alike; times are those of the trace."""

    letter: str
    calls: tuple[Call, ...]

    @property
    def first(self) -> Call:
        """What each of them is."""
        return self.calls[0]

    @property
    def rows(self) -> int | None:
        """How many rows or documents came, or None where that is no question."""
        known = [call.rows for call in self.calls if call.rows is not None]
        return sum(known) if known else None

    @property
    def seconds(self) -> float:
        """How long they took together."""
        return sum(call.seconds for call in self.calls)


@dataclass(frozen=True, slots=True)
class Block:
    """One request with what happened in it, or what happened outside of any.

    Attributes:
        request: the request, or None.
        numbers: the numbers of the requests that it stands for: `4`, or `4 to 9` where all did the same.
        lanes: what happened in it.
        start: when the picture of this block begins; blocks that overlap have the same.
        beside: the numbers of the requests that it overlaps.
    """

    request: Request | None
    numbers: str
    lanes: tuple[Lane, ...]
    start: float
    beside: tuple[int, ...]

    @property
    def ended(self) -> float:
        """When the last thing in it ended."""
        return max([call.ended for call in self.calls] + ([self.request.ended] if self.request else []))

    @property
    def calls(self) -> list[Call]:
        """Everything that happened in it."""
        return [call for lane in self.lanes for call in lane.calls]


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of one trace.

    Attributes:
        trace: what it shows.
        blocks: in the order of their beginning.
        key: every letter, with all calls that it stands for.
        seconds: how long the longest block is; the scale.
    """

    trace: Trace
    blocks: tuple[Block, ...]
    key: tuple[Lane, ...]
    seconds: float


def lay_out(trace: Trace, letters: Letters) -> Picture:
    """Return the picture of a trace; letters that it needs are added to `letters`."""
    key = _lanes(trace.calls, letters)
    spans = sorted(_spans(trace), key=lambda span: span.began)
    blocks = [block for cluster in _clusters(spans) for block in _blocks(cluster, letters)]
    seconds = max((block.ended - block.start for block in blocks), default=0.0)
    return Picture(trace, tuple(_folded(blocks)), tuple(key), seconds)


def title_of(block: Block, widest: int) -> str:
    """Name a block: `4 GET /posts?limit=100`; an id is an ellipsis, and a long path is cut."""
    if block.request is None:
        return "Outside of any request"
    path = _UUID.sub("…", block.request.path)
    return shorten(f"{block.numbers} {block.request.method} {path}", widest)


def facts_of(block: Block) -> list[str]:
    """Say what is to be said of a block in words: its status, its time, and how much happened."""
    facts = []
    request = block.request
    if request:
        facts.append(f"{request.status or 'no answer'} after {milliseconds(request.seconds)}")
    for kind, (_, what, brought) in SERVERS.items():
        calls = [call for call in block.calls if call.kind == kind]
        rows = [call.rows for call in calls if call.rows is not None]
        if calls:
            facts.append(counted(len(calls), what) + (f" with {counted(sum(rows), brought)}" if rows else ""))
    threads = [call for call in block.calls if call.kind == "thread"]
    if threads:
        facts.append(f"{counted(len(threads), 'call')} in a worker thread")
    still = sum(call.seconds for call in block.calls if call.kind == "stall")
    if still:
        facts.append(f"the loop stands still for {milliseconds(still)}")
    late = sum(1 for call in block.calls if request and call.began > request.ended)
    if late:
        facts.append(f"{late} of these after the answer")
    if block.beside:
        facts.append(f"under way together with {listed(block.beside)}")
    if request and request.raised:
        facts.append(request.raised)
    return facts


def counted(number: int, noun: str) -> str:
    """Return `1 row` or `3 rows`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(words: Iterable[object]) -> str:
    """Return `1, 2 and 3`."""
    *most, last = map(str, words)
    return f"{', '.join(most)} and {last}" if most else last


def milliseconds(seconds: float) -> str:
    """Return a time in milliseconds, with a fraction where it is short."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


@dataclass(frozen=True, slots=True)
class _Span:
    request: Request | None
    calls: tuple[Call, ...]
    began: float
    ended: float


def _spans(trace: Trace) -> Iterator[_Span]:
    for request in trace.requests:
        calls = tuple(call for call in trace.calls if call.request == request.number)
        yield _Span(request, calls, request.began, max([request.ended, *(call.ended for call in calls)]))
    outside = [call for call in trace.calls if call.request is None]
    while outside:
        together = [outside.pop(0)]
        end = together[0].ended
        while outside and outside[0].began <= end + _PAUSE and not _sent(trace, end, outside[0].began):
            together.append(outside.pop(0))
            end = max(end, together[-1].ended)
        yield _Span(None, tuple(together), together[0].began, end)


def _sent(trace: Trace, since: float, until: float) -> bool:
    """Say whether a request was sent between two moments."""
    return any(since <= request.began <= until for request in trace.requests)


def _clusters(spans: Sequence[_Span]) -> Iterator[list[_Span]]:
    """Put spans that overlap, directly or through others, together."""
    cluster: list[_Span] = []
    for span in spans:
        if cluster and span.began >= max(one.ended for one in cluster):
            yield cluster
            cluster = []
        cluster.append(span)
    if cluster:
        yield cluster


def _blocks(cluster: Sequence[_Span], letters: Letters) -> Iterator[Block]:
    start = min(span.began for span in cluster)
    for span in cluster:
        beside = tuple(
            other.request.number
            for other in cluster
            if span.request and other.request and other is not span and _overlap(span.request, other.request)
        )
        number = str(span.request.number) if span.request else ""
        yield Block(span.request, number, tuple(_lanes(span.calls, letters)), start, beside)


def _overlap(one: Request, other: Request) -> bool:
    return one.began < other.ended and other.began < one.ended


def _lanes(calls: Iterable[Call], letters: Letters) -> list[Lane]:
    lanes: dict[str, list[Call]] = {}
    for call in calls:
        letter = letters.setdefault((call.kind, call.what, call.where), _letter(len(letters)))
        lanes.setdefault(letter, []).append(call)
    return [Lane(letter, tuple(alike)) for letter, alike in lanes.items()]


def _letter(index: int) -> str:
    return (chr(ord("A") + index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def _folded(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks, but of several in a row that are alike only the slowest."""
    for _, group in groupby(blocks, key=_likeness):
        alike = list(group)
        if len(alike) < _ALIKE or alike[0].request is None or any(block.beside for block in alike):
            yield from alike
            continue
        slowest = max(alike, key=lambda block: block.ended - block.start)
        numbers = f"{alike[0].numbers} to {alike[-1].numbers}"
        yield Block(slowest.request, numbers, slowest.lanes, slowest.start, ())


def _likeness(block: Block) -> object:
    request = block.request
    said = (request.method, request.path, request.status, request.raised) if request else None
    return said, [(lane.letter, len(lane.calls)) for lane in block.lanes]
