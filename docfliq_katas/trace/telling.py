"""Which test of a lesson shows in two pictures, of the starter and of the reference, what the repair changes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Call, Trace

_ROOM = 20  # requests and lines of calls in one picture; nobody reads more


def telling(lesson: Lesson, before: Sequence[Trace], after: Sequence[Trace]) -> tuple[Trace, Trace] | None:
    """Return the two traces of the first goal test that tells starter and reference apart; None where none does.

    Such a test sends both the same requests, and these make other calls. What depends on the machine does not count:
    times, what happens outside of requests, and stalls; a loop that threads free is told by the threads. So every run
    of the same lesson has the same answer.

    Args:
        lesson: The lesson.
        before: Traces of its starter.
        after: Traces of its reference.

    """
    repaired = {trace.test: trace for trace in after}
    for trace in before:
        other = repaired.get(trace.test)
        if other and trace.outcome != "passed" and trace.function in lesson.red and _tells_apart(trace, other):
            return trace, other
    return None


def _tells_apart(one: Trace, other: Trace) -> bool:
    alike = _methods(one) == _methods(other)
    return alike and _deeds(one) != _deeds(other) and max(_size(one), _size(other)) <= _ROOM


def _methods(trace: Trace) -> list[str]:
    return sorted(request.method for request in trace.requests)


def _deeds(trace: Trace) -> list[list[tuple[tuple[str, str], int]]]:
    """Return what each request did and how often, in an order that does not depend on which was first."""
    return sorted(
        sorted(Counter((call.kind, call.what) for call in _steady(trace) if call.request == request.number).items())
        for request in trace.requests
    )


def _size(trace: Trace) -> int:
    return len(trace.requests) + len({(call.request, call.kind, call.what, call.where) for call in _steady(trace)})


def _steady(trace: Trace) -> Iterator[Call]:
    return (call for call in trace.calls if call.request and call.kind != "stall")
