"""What a picture shows, in sentences: for those who cannot see it, and for those who do not know yet where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas.trace.layout import SERVERS, counted, listed, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.trace.layout import Block, Lane, Picture

_LADDER = 5  # calls that are alike in one request
_MOST = 3  # sentences of one sort


def read(picture: Picture) -> list[str]:
    """Return what is remarkable about the picture; where nothing is, that."""
    sentences = [*_ladders(picture), *_stalls(picture), *_threads(picture), *_overlaps(picture)]
    if any(sentence for sentence in (*_ladders(picture), *_stalls(picture))):
        return sentences
    return [f"No request makes the same call {_LADDER} times, and none holds the event loop.", *sentences]


def told_of(lane: Lane, *, with_times: bool = True) -> str:
    """Say what the calls of a lane are: `PostgreSQL, 30 times, 30 rows: SELECT …`."""
    call, head = lane.first, []
    if call.kind in SERVERS:
        head.append(SERVERS[call.kind][0])
    elif call.kind == "stall":
        head.append("The event loop stands still")
    else:
        head.append("Worker thread")
    if with_times:
        head.append(times(len(lane.calls)))
        if lane.rows is not None:
            head.append(counted(lane.rows, SERVERS[call.kind][2]))
        if call.kind not in SERVERS:
            head.append(milliseconds(lane.seconds))
    return f"{', '.join(head)}: {call.what}"


def times(number: int) -> str:
    """Return `once` or `30 times`."""
    return "once" if number == 1 else f"{number} times"


def _ladders(picture: Picture) -> Iterator[str]:
    found = []
    for block in picture.blocks:
        ladder = [lane for lane in block.lanes if lane.first.kind in SERVERS and len(lane.calls) >= _LADDER]
        if ladder and block.request:
            rungs = listed(f"{lane.letter} {times(len(lane.calls))}" for lane in ladder)
            found.append((sum(len(lane.calls) for lane in ladder), f"{_who(block)} sends {rungs}."))
    yield from (sentence for _, sentence in sorted(found, key=lambda pair: -pair[0])[:_MOST])


def _stalls(picture: Picture) -> Iterator[str]:
    for block in picture.blocks:
        stalls = [lane for lane in block.lanes if lane.first.kind == "stall"]
        if stalls:
            letters = listed(lane.letter for lane in stalls)
            seconds = milliseconds(sum(lane.seconds for lane in stalls))
            yield f"{_who(block)} holds the event loop for {seconds} ({letters}): nobody else is served meanwhile."


def _threads(picture: Picture) -> Iterator[str]:
    users: dict[str, list[Block]] = {}
    for block in picture.blocks:
        threads = [lane.letter for lane in block.lanes if lane.first.kind == "thread"]
        if threads and block.request:
            users.setdefault(listed(threads), []).append(block)
    for letters, blocks in users.items():
        who = (
            f"Requests {listed(block.numbers for block in blocks)} leave" if blocks[1:] else f"{_who(blocks[0])} leaves"
        )
        yield f"{who} {letters} to a worker thread; the event loop goes on."


def _overlaps(picture: Picture) -> Iterator[str]:
    seen: set[int] = set()
    for block in picture.blocks:
        together = {block.request.number, *block.beside} if block.request and block.beside else set()
        if together - seen:
            yield f"Requests {listed(sorted(together))} are under way at the same time."
            seen |= together


def _who(block: Block) -> str:
    many = " to " in block.numbers
    return f"{'Each of requests' if many else 'Request'} {block.numbers}" if block.request else "The code outside"
