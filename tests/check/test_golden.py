"""Golden messages: what varies is named by its kind, what teaches is kept."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.check import golden
from docfliq_katas.probes.verdict import Verdict
from docfliq_katas.state import project_root, state_dir

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("the loop stood still for 1.25 s in time.sleep", "the loop stood still for <duration> in time.sleep"),
        ("took 12 ms, 3µs and 5 seconds", "took <duration>, <duration> and <duration>"),
        ("a peak of 1,234.5 MiB, 12 kB and 7 bytes", "a peak of <size>, <size> and <size>"),
        ("post 018f3a2b-1c4d-7e5f-8a9b-0c1d2e3f4a5b", "post <uuid>"),
        ("_id 665f1f77bcf86cd799439011", "_id <id>"),
        ("the answer under 93c8abdd…", "the answer under <id>…"),
        ("<object at 0x7f3a5c0b12d0>", "<object at <address>>"),
        ("localhost:54321 and 127.0.0.1:6379, port 27017", "localhost:<port> and 127.0.0.1:<port>, port <port>"),
        ("database kata_7f3a_12 is gone", "database <database> is gone"),
        ("leaked Kata/0a1b2c3d4e", "leaked <secret>"),
        ("at 2026-03-02T03:00:00Z", "at <time>"),
        ("Task-12 in asyncio_3", "Task-<n> in asyncio_<n>"),
        ("Seq Scan (cost=0.00..35.50 rows=10)", "Seq Scan (cost=<n> rows=10)"),
    ],
)
def test_what_varies_is_named_by_its_kind(message: str, expected: str) -> None:
    """Durations, sizes, identities and places differ from run to run."""
    assert golden.normalise(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        "31 statements for 30 posts, 4 for 3 posts",
        "look at src/posts/service.py:42 (channel_of)",
        "1 SELECT, 30 sent, HTTP 404",
        "5 models and 3 background tasks",
    ],
)
def test_numbers_that_teach_are_kept(message: str) -> None:
    """Counts and line numbers are the point of a message."""
    assert golden.normalise(message) == message


_STOOD_STILL = """\
saw                  nobody else was served for 0.4 s
                     0.3 s in sorted(samples)
look at              src/ecg/analysis.py:43 (median)"""


def test_which_calls_were_met_is_no_difference() -> None:
    """A loop that computes stands still in many calls: which are listed, and in what order, differs from run to run."""
    recorded = golden.normalise(_STOOD_STILL)
    other = _STOOD_STILL.replace("sorted(samples)", f"abs(left - right)\n{' ' * 21}0.1 s in sum(samples)")
    other = other.replace("analysis.py:43 (median)", f"service.py:9 (read),\n{' ' * 21}src/ecg/analysis.py:60 (sum)")
    assert golden.difference({"test_a": recorded}, {"test_a": other}) is None
    served = other.replace("nobody else was served", "one request was served")
    assert golden.difference({"test_a": recorded}, {"test_a": served})


def test_every_place_is_kept_where_nothing_stood_still() -> None:
    """Places that do not depend on speed are part of what is told."""
    message = "saw                  31 statements\nlook at              src/a.py:1 (f), src/b.py:2 (g)"
    assert golden.normalise(message) == message


def test_temporary_places_are_named() -> None:
    """A run lies in another folder each time."""
    for folder in (state_dir() / "runs/1-ab", project_root() / "lessons", f"{tempfile.gettempdir()}/x"):
        assert golden.normalise(f"in {folder}/file.py: no") == "in <path>: no"


@pytest.mark.parametrize("wait", ["9 ms", "10.25 ms", "1234567 ms", "1.5 s"])
def test_wrapping_does_not_matter(wait: str) -> None:
    """A number of another length moves the words of a report to other lines, and that is no difference."""
    report = str(Verdict(saw=f"the event loop stood still for {wait} during a call of the slice\ntwice", wants="none"))
    recorded = (
        "saw                  the event loop stood still for <duration> during a call of\n"
        "                     the slice\n"
        "                     twice\n"
        "the guideline wants  none"
    )
    assert golden.difference({"test_a": recorded}, {"test_a": report}) is None
    assert golden.difference({"test_a": recorded}, {"test_a": report.replace("twice", "once")})


def test_a_message_is_laid_out_to_be_read() -> None:
    """What the report has wrapped is wrapped anew, and what its author broke stays broken."""
    report = str(Verdict(saw="the event loop stood still for 123456789 ms in a call of the slice\ntwice", wants="none"))
    assert golden.normalise(report) == (
        "saw                  the event loop stood still for <duration> in a call of the\n"
        "                     slice\n"
        "                     twice\n"
        "the guideline wants  none"
    )


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """golden.txt holds each test's message, several lines of it, under the test's name."""
    red = {"test_b": "saw                  2\nlook at              src/a.py:1 (f)", "test_a": "saw                  1"}
    golden.write(tmp_path, red)
    assert golden.read(tmp_path) == red
    assert (tmp_path / "golden.txt").read_text().startswith("test_a:\n    saw")


def test_nothing_recorded_is_not_an_empty_record(tmp_path: Path) -> None:
    """None says that there is no file."""
    assert golden.read(tmp_path) is None


@pytest.mark.parametrize(
    ("expected", "red", "words"),
    [
        ({"test_a": "one\ntwo"}, {"test_a": "one\ntwo"}, None),
        ({"test_a": "took <duration>"}, {"test_a": "took 3 ms"}, None),
        ({"test_a": "one\ntwo"}, {"test_a": "one\n2"}, "test_a says '2', golden.txt has 'two'"),
        ({"test_a": "one"}, {"test_a": "one\ntwo"}, "test_a says 'two', golden.txt has ''"),
        ({"test_a": "one\ntwo"}, {"test_a": "one"}, "test_a says '', golden.txt has 'two'"),
        ({}, {"test_a": "one"}, "test_a says 'one', golden.txt has ''"),
        ({"test_a": "one", "test_b": "two"}, {"test_a": "one"}, "golden.txt has test_b, which did not fail"),
    ],
)
def test_the_first_difference_is_told(expected: dict[str, str], red: dict[str, str], words: str | None) -> None:
    """A line that changed, appeared or went away is quoted."""
    assert golden.difference(expected, red) == words
