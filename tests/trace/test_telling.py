from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docfliq_katas.trace.telling import telling
from tests.trace.conftest import a_call, a_request, a_trace

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Trace

GOAL = "test_two_reports_at_once"


def _traces(*calls: int, requests: int = 1, **facts: Any) -> Trace:  # noqa: ANN401 - any field
    """Make up a trace of the goal test: so many statements in each request."""
    made = [a_call(number + 0.1, 0.1, number) for number, often in enumerate(calls, 1) for _ in range(often)]
    asked = [a_request(number, number, 0.5) for number in range(1, requests + 1)]
    return a_trace(*asked, calls=made, **{"test": GOAL, **facts})


def test_a_red_goal_test_with_other_calls_tells(report: Lesson) -> None:
    """The same request makes three calls before and one after: both traces come back."""
    before, after = _traces(3), _traces(1, outcome="passed")
    assert telling(report, [before], [after]) == (before, after)


def test_the_first_that_tells_is_taken(report: Lesson) -> None:
    """A test that makes the same calls is passed over, in the order of the file."""
    before = [_traces(2, test=f"{GOAL}[a]"), _traces(2, test=f"{GOAL}[b]"), _traces(2, test=f"{GOAL}[c]")]
    after = [_traces(2, test=f"{GOAL}[a]"), _traces(1, test=f"{GOAL}[b]"), _traces(1, test=f"{GOAL}[c]")]
    assert telling(report, before, after) == (before[1], after[1])


def test_what_is_no_red_goal_test_does_not_tell(report: Lesson) -> None:
    """A guard test, a goal test that is green at first, and one without its other half show no repair."""
    assert telling(report, [_traces(3, test="test_one_report")], [_traces(1, test="test_one_report")]) is None
    assert telling(report, [_traces(3, outcome="passed")], [_traces(1)]) is None
    assert telling(report, [_traces(3)], []) is None


def test_a_test_that_went_further_is_no_comparison(report: Lesson) -> None:
    """A red test ends early, so the reference is asked for more: other requests are no repair."""
    assert telling(report, [_traces(1)], [_traces(1, 1, requests=2)]) is None


def test_what_depends_on_the_machine_does_not_tell(report: Lesson) -> None:
    """Times, the order of requests, stalls and what happens outside of requests differ from run to run."""
    before = a_trace(a_request(1, 0, 1), a_request(2, 1, 1), calls=[a_call(0.1, 0.1, 1)], test=GOAL)
    calls = [
        a_call(0.1, 0.5, None, what="SELECT 1"),
        a_call(0.2, 0.5, 1, kind="stall", what="sleep"),
        a_call(1.3, 0.5, 2),
    ]
    after = a_trace(a_request(1, 0, 2), a_request(2, 1, 2), calls=calls, test=GOAL)
    assert telling(report, [before], [after]) is None


def test_what_nobody_would_read_does_not_tell(report: Lesson) -> None:
    """Twenty requests and lines fit in a picture, one more does not; many calls in one line are one line."""
    ten, eleven = [_traces(*([often] * 10), requests=10) for often in (1, 9)], _traces(*([1] * 11), requests=11)
    assert telling(report, [ten[0]], [ten[1]]) is not None
    assert telling(report, [_traces(*([9] * 11), requests=11)], [eleven]) is None
