from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.errors import Misuse
from docfliq_katas.trace import page
from docfliq_katas.trace.drawing import Drawing, Panel
from docfliq_katas.trace.layout import lay_out
from docfliq_katas.trace.scale import Scale
from tests.trace.conftest import a_call, a_request, a_trace

if TYPE_CHECKING:
    from pathlib import Path

_VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Counts tags, and notes one that is closed in the wrong place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        """Note a tag."""
        self.seen.append(tag)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        """Note a tag that closes itself."""
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last one."""
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.fixture
def written(tmp_path: Path) -> str:
    """Write a page of two pictures, with words in it that look like HTML."""
    calls = [a_call(0.01 * number, 0.005, 1, what="SELECT '<script>' FROM users") for number in range(10)]
    trace = a_trace(a_request(1, 0, 0.1, path="/posts?a=1&b=<script>"), calls=calls, law="A < B & C.")
    panels = (Panel("Before: mine", lay_out(trace, {})), Panel("After: the reference", lay_out(trace, {})))
    file = tmp_path / "trace.html"
    page.write(file, Drawing("Lesson 03 <Report>", panels, Scale(0.1)), "kata trace 03 --compare")
    return file.read_text()


def test_the_page_is_whole_and_asks_nobody_for_anything(written: str) -> None:
    """Every tag is closed; no script, no link, no image, no address but the name of SVG; two colours of ground."""
    balance = Balance()
    balance.feed(written)
    assert (balance.open, balance.faults) == ([], [])
    assert not {"script", "link", "img", "iframe", "use", "image"} & set(balance.seen)
    assert set(re.findall(r"https?://[^\"]+", written)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in written
    assert "@import" not in written
    assert "@media (prefers-color-scheme: dark)" in written


def test_a_picture_has_a_text_in_its_place(written: str) -> None:
    """A title and a description each, with ids of their own, and a table of the same facts."""
    for number in (1, 2):
        assert f'aria-labelledby="picture-{number}-title picture-{number}-desc"' in written
        assert f'<desc id="picture-{number}-desc">Request 1 sends A 10 times.</desc>' in written
    assert written.count("<caption>The same in a table: ") == 2
    assert "<td>10 times</td><td>10</td><td>0.0 ms</td><td>50 ms</td>" in written
    assert "1 GET /posts?a=1&amp;b=&lt;script&gt;: 200 after 100 ms, 10 SQL statements with 10 rows</th>" in written


def test_the_ladder_has_a_rung_for_every_call(written: str) -> None:
    """Ten calls, ten rungs, each at its time, between two rails."""
    first, second = re.findall(r"<svg.*?</svg>", written, re.DOTALL)
    places = re.findall(r'class="rung sql" x1="([\d.]+)%"', first)
    assert places == [f"{number * 10:.2f}" for number in range(10)]
    assert first.count('class="rail"') == 2
    assert re.sub(r"picture-\d|(?<=>).* (?:mine|the reference)", "", first).count("\n") == second.count("\n")


def test_a_trace_of_ours_is_written_again(written: str, tmp_path: Path) -> None:
    """The file of before may be replaced, and a new one may be made."""
    page.check_place(tmp_path / "trace.html")
    page.check_place(tmp_path / "new.html")


def test_what_is_no_trace_is_not_overwritten(tmp_path: Path) -> None:
    """Another file, a folder and a place that is not there: one line each."""
    notes = tmp_path / "notes.html"
    notes.write_text("<html>mine</html>")
    places = {
        notes: "is no trace of ours: name another file",
        tmp_path: "is a folder: name a file",
        tmp_path / "nowhere" / "trace.html": "there is no folder",
    }
    for place, words in places.items():
        with pytest.raises(Misuse, match=words):
            page.check_place(place)
    assert notes.read_text() == "<html>mine</html>"
