from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.overlay import REFERENCE, STARTER
from docfliq_katas.pages import transcripts
from docfliq_katas.pages.figures import figure
from tests.trace.conftest import a_call, a_request, a_trace
from tests.trace.test_page import Balance

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy
GOAL = "test_two_reports_at_once"


@pytest.fixture
def drawn(report: Lesson) -> str:
    """Draw a ladder of six, and two statements of the reference, with words in them that look like HTML."""
    ladder = [a_call(0.1 * number, 0.05, 1, what="SELECT '<b>'") for number in range(6)]
    lines = {"where": "src/posts/service.py:31 (card)"}
    repaired = [a_call(0.1, 0.05, 1, what="SELECT '<b>'", **lines), a_call(0.2, 0.05, 1, what="SELECT 2", **lines)]
    start = a_call(-1, 0.5, None, kind="stall", what="starting()")
    before = a_trace(a_request(1, 0, 1), calls=[start, *ladder], test=f"{GOAL}[<i>]", law="A < B.")
    after = a_trace(a_request(1, 0, 0.5), calls=repaired, test=f"{GOAL}[<i>]", outcome="passed")
    text = figure(report, [before], [after])
    assert text
    return text


def test_the_figure_says_how_much_happened(drawn: str) -> None:
    """The caption has the law and the sums of both; each letter says how often it was there before and after."""
    assert "<p>A &lt; B. Before, 1 request: 6 SQL statements with 6 rows. After, 1 request: 2 SQL statements" in drawn
    keys = re.findall(r"<dt class=\"sql\">(\w)</dt>\n<dd>PostgreSQL: (.*?)<br>from .*?<br>(.*?)</dd>", drawn)
    assert keys == [
        ("A", "SELECT &#x27;&lt;b&gt;&#x27;", "before 6 times, after once"),
        ("B", "SELECT 2", "before never, after once"),
    ]


def test_both_pictures_have_one_scale(drawn: str) -> None:
    """What takes half the time is half as wide."""
    widths = re.findall(r'<rect class="request" x="0.00%" y="\d+" width="([\d.]+)%"', drawn)
    assert widths == ["100.00", "50.00"]


def test_a_picture_has_a_text_in_its_place(drawn: str) -> None:
    """Each has a title and a description, with the sums and with what is remarkable."""
    descriptions = re.findall(r"<desc id=\"[\w-]+\">(.*?)</desc>", drawn)
    assert descriptions[0] == "Before, 1 request: 6 SQL statements with 6 rows. Request 1 sends A 6 times."
    assert descriptions[1].startswith("After, 1 request: 2 SQL statements with 2 rows. No request makes the same call")
    assert re.findall(r"<title id=\"[\w-]+\">(.*?)</title>", drawn) == ["Before: the starter", "After: the reference"]


def test_ids_are_those_of_the_lesson(drawn: str) -> None:
    """Every id is there once, is named after the lesson, and is what the pictures are labelled by."""
    ids = re.findall(r'\bid="([^"]+)"', drawn)
    assert ids == [
        f"trace-report-on-a-thread-{word}-{part}" for word in ("before", "after") for part in ("title", "desc")
    ]
    assert " ".join(re.findall(r'aria-labelledby="([^"]+)"', drawn)).split() == ids


def test_the_figure_is_whole_and_asks_nobody_for_anything(drawn: str) -> None:
    """Every tag is closed; no script, no style of its own, no address but the name of SVG; no line of the lesson."""
    balance = Balance()
    balance.feed(drawn)
    assert (balance.open, balance.faults) == ([], [])
    assert not {"script", "style", "link", "img", "iframe", "use", "image", "b", "i"} & set(balance.seen)
    assert set(re.findall(r"https?://[^\"]+", drawn)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"style=|url\(|starting\(\)|service\.py:\d", drawn)
    assert "\n\n" not in drawn  # Markdown would end the figure there


def test_without_a_record_there_is_no_figure(report: Lesson) -> None:
    """Nothing was recorded, or nothing that tells starter and reference apart."""
    same = a_trace(a_request(1, 0, 1), calls=[a_call(0.1, 0.1, 1)], test=GOAL)
    assert figure(report, [], []) is None
    assert figure(report, [same], [same]) is None


def test_the_figure_of_a_lesson_comes_from_its_runs(report: Lesson) -> None:
    """The runs that the pages show are recorded: the loop stands still before, and threads work after."""
    runs = transcripts.run_overlays([(report, STARTER), (report, REFERENCE)])
    text = figure(report, *(runs[report.slug, name].traces for name in (STARTER, REFERENCE)))
    assert text
    assert "<dd>The event loop stands still: time.sleep(0.15)" in text
    assert "<br>before never, after 2 times</dd>" in text
    assert f"<code>kata trace 03 {GOAL} --compare</code>" in text
