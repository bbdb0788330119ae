from __future__ import annotations

import pytest
from rich.text import Text

from docfliq_katas.trace import terminal
from docfliq_katas.trace.layout import lay_out
from docfliq_katas.trace.scale import Scale
from tests.trace.conftest import a_call, a_request, a_trace

PICTURE = """\
Before: your files (red)
milliseconds from the start      0        20       40        60       80     100
                                 │        │        │         │        │        │
1 GET /posts
  200 after 100 ms, 6 SQL statements with 6 rows
        the request              ███████████████████████████████████████████████
     once A SELECT posts         ┼━━━
  5 times B SELECT users              ┼━───────┼━──────┼━───────┼───────┼━
2 GET /health
  200 after 20 ms, the loop stands still for 10 ms
        the request              █████████
     once C loop stands still        ▓▓▓▓▓

Request 1 sends B 5 times.
Request 2 holds the event loop for 10 ms (C): nobody else is served meanwhile.

A  PostgreSQL, once, 1 row: SELECT posts.id FROM posts
   from src/posts/service.py:28 (card)
B  PostgreSQL, 5 times, 5 rows: SELECT users.id FROM users
   from src/posts/service.py:28 (card)
C  The event loop stands still, once, 10 ms: time.sleep(0.01)
   from src/posts/service.py:28 (card)"""


def drawn(*, width: int = 80, glyphs: terminal.Glyphs | None = None) -> list[Text]:
    """Draw a ladder and a stall on a scale of 100 ms."""
    calls = [
        a_call(0, 0.008, 1, name="SELECT posts", what="SELECT posts.id FROM posts"),
        *(a_call(0.012 + 0.018 * number, 0.003, 1) for number in range(5)),
        a_call(0.21, 0.01, 2, kind="stall", name="loop stands still", what="time.sleep(0.01)", rows=None),
    ]
    picture = lay_out(a_trace(a_request(1, 0, 0.1), a_request(2, 0.2, 0.02, path="/health"), calls=calls), {})
    scale = Scale(picture.seconds)
    return terminal.lines(picture, "Before: your files", scale, width=width, glyphs=glyphs or terminal.Glyphs())


def test_a_ladder_and_a_stall_are_seen_at_a_glance() -> None:
    """Requests, what happened in them on one scale, what to see in words, and a key with places."""
    assert "\n".join(line.plain for line in drawn()) == PICTURE


@pytest.mark.parametrize("width", [50, 80, 110])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Labels are cut, words are wrapped, and time gets what is left."""
    lines = drawn(width=width)
    assert max(line.cell_len for line in lines) == width


def test_a_terminal_without_these_characters_gets_others() -> None:
    """The drawing itself is plain ASCII then."""
    text = "\n".join(line.plain for line in drawn(glyphs=terminal.ASCII))
    assert text.isascii()
    assert "+=------+=" in text
    assert "XXXXX" in text


def test_waiting_for_a_thread_is_told_from_working() -> None:
    """Until a thread is free there are dots."""
    call = a_call(0, 0.1, 1, kind="thread", name="thread: render", what="render", rows=None, waited=0.05)
    picture = lay_out(a_trace(a_request(1, 0, 0.1), calls=[call]), {})
    lines = terminal.lines(picture, "after", Scale(0.1), width=53, glyphs=terminal.ASCII)
    assert lines[6].plain == "     once A thread: render       ..........~~~~~~~~~~"


def test_two_pictures_stand_beside_each_other() -> None:
    """The right one begins in one column; the longer one goes on alone."""
    left, right = [Text("one"), Text("three")], [Text("1"), Text("2"), Text("3")]
    beside = terminal.side_by_side(left, right, gap=2)
    assert [line.plain for line in beside] == ["one    1", "three  2", "       3"]


def test_more_requests_than_a_screen_holds_are_counted() -> None:
    """The rest is for the page."""
    requests = [a_request(number, number, 0.1, path=f"/{number}") for number in range(25)]
    picture = lay_out(a_trace(*requests), {})
    lines = terminal.lines(picture, "many", Scale(0.1), width=80, glyphs=terminal.ASCII)
    assert "and 5 more, which --html draws too" in [line.plain for line in lines]
