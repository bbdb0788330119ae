from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docfliq_katas.errors import Misuse
from docfliq_katas.overlay import MINE, REFERENCE
from docfliq_katas.trace.model import from_json, to_json
from docfliq_katas.trace.take import choose, full_name, take
from tests.trace.conftest import a_call, a_request, a_trace

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Trace

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy


def test_the_broken_slice_holds_the_loop(report: Lesson) -> None:
    """A trace of each test, in the order of the file: law, outcome, requests, and what held the loop for whom."""
    words, one, two = take(report, MINE)
    assert [words.test, one.test, two.test] == list(report.tests)
    assert [words.outcome, one.outcome, two.outcome] == ["passed", "passed", "failed"]
    assert (words.requests, words.calls) == ((), ())
    assert one.law == "A report comes with status 200 & in full."
    assert [(request.method, request.path, request.status) for request in one.requests] == [
        ("GET", "/report?name=%3Ci%3E", 200)
    ]
    assert [(stall.kind, stall.request, stall.what) for stall in two.calls] == [
        ("stall", 1, "time.sleep(0.15)"),
        ("stall", 2, "time.sleep(0.15)"),
    ]
    assert two.calls[0].where == "src/main.py:10 (make_report)"
    first, second = two.requests
    assert first.seconds >= 0.15
    assert second.began >= first.began + 0.15  # the loop had no time to send it


def test_the_repaired_slice_works_in_threads_at_the_same_time(report: Lesson) -> None:
    """Two requests overlap; each has its own call in a thread; nothing holds the loop."""
    (two,) = take(report, REFERENCE, "test_two_reports_at_once")
    first, second = two.requests
    assert second.began < first.ended
    assert [(call.kind, call.name, call.request) for call in two.calls] == [
        ("thread", "thread: make_report", 1),
        ("thread", "thread: make_report", 2),
    ]
    assert {call.where for call in two.calls} == {"src/main.py:16 (report)"}
    assert all(call.seconds >= 0.15 for call in two.calls)


def test_a_slice_that_cannot_be_imported_is_told_in_one_line(report: Lesson, service: Path) -> None:
    """The line says which file and which line."""
    service.write_text("def (\n")
    with pytest.raises(Misuse, match=r"lesson 03 with your files did not run: src/main.py:1: SyntaxError"):
        take(report, MINE)


def test_a_trace_survives_its_file() -> None:
    """What was written is what is read."""
    traces = (a_trace(a_request(1, 0, 1), calls=[a_call(0.5, 0.1, 1), a_call(2, 0.1, None, rows=None)]),)
    assert from_json(to_json(traces)) == traces


def test_a_test_is_known_by_its_name_or_a_part_of_it(report: Lesson) -> None:
    """A part must mean one test; the id of parameters stays, and the path before it does not matter."""
    for query in ("test_one_report", "one_rep", "lessons/03::test_one_report"):
        assert full_name(report, query) == "test_one_report"
    assert full_name(report, "one_rep[a]") == "test_one_report[a]"
    with pytest.raises(Misuse, match="several tests are called so: test_a_report_has_words, test_one_report, test_two"):
        full_name(report, "_report")
    with pytest.raises(Misuse, match="no test 'nothing' in lesson 03: they are test_a_report_has_words"):
        full_name(report, "nothing")


class TestChoose:
    """Which test is drawn."""

    @pytest.fixture
    def traces(self) -> tuple[Trace, ...]:
        """Four tests of which one made no request; the third is a goal test, with two parameters."""
        request, goal = a_request(1, 0, 1), "test_two_reports_at_once"
        return (
            a_trace(test="test_a_report_has_words"),
            a_trace(request, test="test_one_report"),
            a_trace(request, test=f"{goal}[a]", outcome="passed"),
            a_trace(request, test=f"{goal}[b]"),
        )

    def test_the_first_red_goal_test_comes_first(self, report: Lesson, traces: tuple[Trace, ...]) -> None:
        """A red test that is no goal is not it, nor is a green goal test."""
        assert choose(report, traces).test == "test_two_reports_at_once[b]"

    def test_else_the_first_with_requests(self, report: Lesson, traces: tuple[Trace, ...]) -> None:
        """Where no goal test is red, a test without requests is passed over."""
        assert choose(report, traces[:3]).test == "test_one_report"

    def test_a_name_prefers_what_is_red(self, report: Lesson, traces: tuple[Trace, ...]) -> None:
        """A name without an id means its first red case; with an id it means that case."""
        assert choose(report, traces[2:], "test_two_reports_at_once").test == "test_two_reports_at_once[b]"
        assert choose(report, traces[2:], "test_two_reports_at_once[a]").test == "test_two_reports_at_once[a]"
        with pytest.raises(Misuse, match=r"no test 'test_two_reports_at_once\[c\]' in lesson 03: they are"):
            choose(report, traces[2:], "test_two_reports_at_once[c]")

    def test_without_a_request_there_is_no_picture(self, report: Lesson, traces: tuple[Trace, ...]) -> None:
        """One line says so, of a test or of the lesson."""
        with pytest.raises(Misuse, match="test_a_report_has_words made no request"):
            choose(report, traces[:1], "test_a_report_has_words")
        with pytest.raises(Misuse, match="no test of lesson 03 made a request"):
            choose(report, traces[:1])
