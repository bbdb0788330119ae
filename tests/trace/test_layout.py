from __future__ import annotations

import pytest

from docfliq_katas.trace.layout import Letters, Picture, facts_of, lay_out, title_of
from docfliq_katas.trace.reading import read
from docfliq_katas.trace.scale import Scale
from tests.trace.conftest import a_call, a_request, a_trace

POSTS = {"name": "SELECT posts", "what": "SELECT posts.id FROM posts"}
STALL = {"kind": "stall", "name": "loop stands still", "what": "time.sleep(1)", "rows": None}
THREAD = {"kind": "thread", "name": "thread: render", "what": "render in a worker thread", "rows": None}


@pytest.fixture
def ladder() -> Picture:
    """One statement for posts and one for each of 30 authors, and the quiet request before it."""
    calls = [a_call(2 + number * 0.01, 0.005, 2) for number in range(30)]
    posts = [a_call(0.1, 0.01, 1, **POSTS), a_call(1.9, 0.01, 2, **POSTS)]
    return lay_out(a_trace(a_request(1, 0, 0.2), a_request(2, 1.8, 0.6), calls=[*posts, *calls]), {})


def test_calls_that_are_alike_are_one_lane(ladder: Picture) -> None:
    """Same words and same place make one lane with one letter, which is the same in every request and in the key."""
    assert [[(lane.letter, len(lane.calls)) for lane in block.lanes] for block in ladder.blocks] == [
        [("A", 1)],
        [("A", 1), ("B", 30)],
    ]
    assert [(lane.letter, len(lane.calls), lane.rows) for lane in ladder.key] == [("A", 2, 2), ("B", 30, 30)]


def test_requests_that_do_not_overlap_begin_at_the_left(ladder: Picture) -> None:
    """Each has a start of its own, and the longest one is the scale."""
    assert [block.start for block in ladder.blocks] == [0, 1.8]
    assert ladder.seconds == pytest.approx(0.6)


def test_requests_that_overlap_share_a_start() -> None:
    """Also through a third one; each names those that it overlaps itself."""
    picture = lay_out(a_trace(a_request(1, 0, 0.5), a_request(2, 0.4, 0.5), a_request(3, 0.8, 0.5)), {})
    assert [block.start for block in picture.blocks] == [0, 0, 0]
    assert [block.beside for block in picture.blocks] == [(2,), (1, 3), (2,)]
    assert picture.seconds == pytest.approx(1.3)
    assert "Requests 1 and 2 are under way at the same time." in read(picture)


def test_what_happened_outside_of_requests_has_blocks_of_its_own() -> None:
    """What startup did is not joined to what shutdown did."""
    calls = [a_call(0, 0.01, None), a_call(0.02, 0.01, None), a_call(3, 0.01, None)]
    picture = lay_out(a_trace(a_request(1, 1, 0.5), calls=calls), {})
    assert [(title_of(block, 80), len(block.calls)) for block in picture.blocks] == [
        ("Outside of any request", 2),
        ("1 GET /posts", 0),
        ("Outside of any request", 1),
    ]


def test_what_goes_on_after_the_answer_stays_with_its_request() -> None:
    """It makes the block longer, and the words say so."""
    late = a_call(0.7, 0.1, 1)
    (block,) = lay_out(a_trace(a_request(1, 0, 0.5), calls=[late]), {}).blocks
    assert block.ended == pytest.approx(0.8)
    assert facts_of(block) == ["200 after 500 ms", "1 SQL statement with 1 row", "1 of these after the answer"]
    together = lay_out(a_trace(a_request(1, 0, 0.5), a_request(2, 0.75, 0.5), calls=[late]), {})
    assert [(block.start, block.beside) for block in together.blocks] == [(0, ()), (0, ())]


def test_several_requests_in_a_row_that_do_the_same_are_drawn_once() -> None:
    """The slowest stands for them; one that differs, or overlaps, does not belong to them."""
    requests = [a_request(number, number, 0.1 * number) for number in range(1, 5)]
    other = a_request(5, 6, 0.1, status=404)
    calls = [a_call(number + 0.01, 0.01, number) for number in range(1, 6)]
    picture = lay_out(a_trace(*requests, other, calls=calls), {})
    assert [(block.numbers, block.start) for block in picture.blocks] == [("1 to 4", 4), ("5", 6)]
    together = lay_out(a_trace(*(a_request(number, 0, 1) for number in range(1, 5))), {})
    assert len(together.blocks) == 4


def test_two_pictures_name_the_same_thing_alike() -> None:
    """Letters are shared; what only one of them has gets the next letter."""
    letters: Letters = {}
    lay_out(a_trace(a_request(1, 0, 1), calls=[a_call(0, 0.1, 1)]), letters)
    calls = [a_call(0, 0.1, 1, **POSTS), a_call(0.2, 0.1, 1)]
    assert [lane.letter for lane in lay_out(a_trace(a_request(1, 0, 1), calls=calls), letters).key] == ["B", "A"]


def test_the_sentences_say_what_one_should_see(ladder: Picture) -> None:
    """A ladder, a stall, a thread; and where nothing is remarkable, that."""
    assert read(ladder) == ["Request 2 sends B 30 times."]
    stalled = lay_out(a_trace(a_request(1, 0, 1), calls=[a_call(0, 0.5, 1, **STALL)]), {})
    assert read(stalled) == ["Request 1 holds the event loop for 500 ms (A): nobody else is served meanwhile."]
    threads = [a_call(0, 0.5, 1, **THREAD), a_call(2, 0.5, 2, **THREAD)]
    assert read(lay_out(a_trace(a_request(1, 0, 1), a_request(2, 2, 1), calls=threads), {})) == [
        "No request makes the same call 5 times, and none holds the event loop.",
        "Requests 1 and 2 leave A to a worker thread; the event loop goes on.",
    ]


def test_a_request_says_how_it_ended() -> None:
    """Without a status, with an exception; ids in its path are left out, and its end is cut."""
    path = "/users/00000000-0000-0000-0000-0000000000a1/posts"
    request = a_request(1, 0, 0.0004, status=None, raised="the app raised ValueError: no", path=path)
    (block,) = lay_out(a_trace(request), {}).blocks
    assert facts_of(block) == ["no answer after 0.4 ms", "the app raised ValueError: no"]
    assert title_of(block, 80) == "1 GET /users/…/posts"
    assert title_of(block, 10) == "1 GET /us…"


@pytest.mark.parametrize("seconds", [0.0007, 0.009, 0.06, 0.51, 1.0, 7.3])
def test_ticks_are_few_and_round(seconds: float) -> None:
    """At most as many as there is room for, in steps of 1, 2 or 5, all on the scale."""
    ticks = Scale(seconds).ticks(4)
    assert 1 <= len(ticks) <= 4
    assert ticks[0][1].strip("0.") in {"1", "2", "5"}
    assert all(0 < Scale(seconds).share(moment) <= 1 for moment, _ in ticks)


def test_a_scale_of_nothing_has_no_ticks() -> None:
    """Nothing that takes no time is drawn at the left."""
    assert Scale(0).ticks(4) == []
    assert Scale(0).share(1) == 0
