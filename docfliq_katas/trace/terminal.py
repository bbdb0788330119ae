"""The picture in the terminal: words at the left, time from left to right."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from docfliq_katas.probes.verdict import shorten
from docfliq_katas.trace.layout import SERVERS, SHARED, facts_of, title_of
from docfliq_katas.trace.reading import read, times, told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docfliq_katas.trace.layout import Block, Lane, Picture
    from docfliq_katas.trace.model import Call, Kind
    from docfliq_katas.trace.scale import Scale

_LABELS = 33  # columns for words before the time line
_BLOCKS = 20  # more than these fill the screen
_STYLES: dict[Kind | None, str] = {
    "sql": "cyan",
    "mongodb": "green",
    "valkey": "magenta",
    "stall": "bold red",
    "thread": "blue",
    None: "bold",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What lines are drawn with.

    Attributes:
        request: a request under way.
        rung: where a call to a server begins.
        going: while it goes on.
        rail: between two calls that are alike.
        stall: the event loop stands still.
        thread: a worker thread is at work.
        waiting: the call waits for a worker thread.
        tick: a mark on the scale.
    """

    request: str = "█"
    rung: str = "┼"
    going: str = "━"
    rail: str = "─"
    stall: str = "▓"
    thread: str = "═"
    waiting: str = "·"
    tick: str = "│"


ASCII = Glyphs(request="#", rung="+", going="=", rail="-", stall="X", thread="~", waiting=".", tick="|")
"""For a terminal that can write nothing else."""


def lines(picture: Picture, heading: str, scale: Scale, *, width: int, glyphs: Glyphs) -> list[Text]:
    """Return the picture, each line at most `width` columns wide.

    Args:
        picture: What to draw.
        heading: What is above it.
        scale: The scale of time; two pictures that are compared have the same.
        width: Columns.
        glyphs: What to draw with.

    """
    return [*_Drawing(picture, heading, scale, width, glyphs).lines()]


def legend(pictures: Sequence[Picture], glyphs: Glyphs) -> str:
    """Say what the marks in these pictures mean."""
    kinds = {lane.first.kind for picture in pictures for lane in picture.key}
    marks = [f"{glyphs.request} a request"]
    if kinds & set(SERVERS):
        marks += [f"{glyphs.rung} a call begins", f"{glyphs.going} it goes on", f"{glyphs.rail} until the next one"]
    if "stall" in kinds:
        marks.append(f"{glyphs.stall} the event loop stands still")
    if "thread" in kinds:
        marks += [f"{glyphs.thread} a worker thread is at work", f"{glyphs.waiting} it is not free yet"]
    return f"{', '.join(marks)}. {SHARED}"


def wrapped(text: str, width: int) -> list[Text]:
    """Return words as lines of at most `width` columns."""
    return [Text(piece) for piece in textwrap.wrap(text, width, break_on_hyphens=False)]


def side_by_side(left: list[Text], right: list[Text], *, gap: int) -> list[Text]:
    """Put two pictures of the same width beside each other."""
    width = max(line.cell_len for line in left) + gap
    longest = max(len(left), len(right))
    pairs = zip(_filled(left, longest), _filled(right, longest), strict=True)
    return [Text.assemble(one, " " * (width - one.cell_len), other) if other else one for one, other in pairs]


def _filled(given: list[Text], number: int) -> list[Text]:
    return given + [Text("")] * (number - len(given))


@dataclass(frozen=True, slots=True)
class _Drawing:
    picture: Picture
    heading: str
    scale: Scale
    width: int
    glyphs: Glyphs

    def lines(self) -> Iterator[Text]:
        word = "green" if self.picture.trace.outcome == "passed" else "red"
        yield from self._wrapped(f"{self.heading} ({word})", "", "bold underline")
        yield from self._axis()
        for block in self.picture.blocks[:_BLOCKS]:
            yield from self._block(block)
        left_out = self.picture.blocks[_BLOCKS:]
        if left_out:
            yield from self._wrapped(f"and {len(left_out)} more, which --html draws too", "")
        yield Text()
        for sentence in read(self.picture):
            yield from self._wrapped(sentence, "")
        if self.picture.key:
            yield Text()
        for lane in self.picture.key:
            yield from self._key(lane)

    def _axis(self) -> Iterator[Text]:
        ticks = [(0.0, "0"), *self.scale.ticks(max(2, self._room // 9))]
        numbers, marks = [" "] * self._room, [" "] * self._room
        for moment, written in ticks:
            column = self._column(moment)
            marks[column] = self.glyphs.tick
            begin = min(column, self._room - len(written))
            numbers[begin : begin + len(written)] = written
        yield Text("milliseconds from the start".ljust(_LABELS) + "".join(numbers).rstrip())
        yield Text(" " * _LABELS + "".join(marks).rstrip(), "dim")

    def _block(self, block: Block) -> Iterator[Text]:
        yield Text(title_of(block, self.width), "bold")
        yield from self._wrapped(", ".join(facts_of(block)), "  ")
        if block.request:
            moments = self._cells(block.request.began - block.start, block.request.ended - block.start)
            cells = [" "] * self._room
            cells[moments.start : moments.stop] = self.glyphs.request * len(moments)
            yield self._line("        the request", cells, None)
        for lane in block.lanes:
            label = f"{times(len(lane.calls)):>9} {lane.letter} {lane.first.name}"
            yield self._line(label, self._lane(lane.calls, block.start), lane.first.kind)

    def _line(self, label: str, cells: list[str], kind: Kind | None) -> Text:
        words = shorten_end(label, _LABELS - 1).ljust(_LABELS)
        return Text.assemble(words, ("".join(cells).rstrip(), _STYLES[kind]))

    def _lane(self, calls: Iterable[Call], start: float) -> list[str]:
        """Draw calls that are alike as a ladder that lies on its side: a rung for each, rails in between."""
        cells, glyphs = [" "] * self._room, self.glyphs
        drawn = [(call, self._cells(call.began - start, call.ended - start)) for call in calls]
        if drawn[0][0].kind in SERVERS:
            first, last = min(span.start for _, span in drawn), max(span.stop for _, span in drawn)
            cells[first:last] = glyphs.rail * (last - first)
        for call, span in drawn:
            going = {"stall": glyphs.stall, "thread": glyphs.thread}.get(call.kind, glyphs.going)
            cells[span.start : span.stop] = going * len(span)
            if call.waited and self.scale.share(call.waited) * self._room >= 1:
                waiting = self._cells(call.began - start, call.began + call.waited - start)
                cells[waiting.start : waiting.stop] = glyphs.waiting * len(waiting)
        for call, span in drawn:
            if call.kind in SERVERS:
                cells[span.start] = glyphs.rung
        return cells

    def _key(self, lane: Lane) -> Iterator[Text]:
        text = f"{lane.letter}  {told_of(lane)}"
        yield from self._wrapped(text, "   ", _STYLES[lane.first.kind], marked=len(lane.letter), first="")
        if lane.first.where:
            yield from self._wrapped(f"from {lane.first.where}", "   ")

    def _wrapped(
        self, text: str, indent: str, style: str = "", *, marked: int | None = None, first: str | None = None
    ) -> Iterator[Text]:
        begin = indent if first is None else first
        pieces = textwrap.wrap(text, self.width, initial_indent=begin, subsequent_indent=indent, break_on_hyphens=False)
        for number, piece in enumerate(pieces):
            line = Text(piece)
            if style and (marked is None or number == 0):
                line.stylize(style, 0, marked)
            yield line

    @property
    def _room(self) -> int:
        return self.width - _LABELS

    def _column(self, seconds: float) -> int:
        return min(self._room - 1, int(self.scale.share(seconds) * self._room))

    def _cells(self, began: float, ended: float) -> range:
        first = self._column(began)
        return range(first, max(first, min(self._room - 1, round(self.scale.share(ended) * self._room) - 1)) + 1)


def shorten_end(label: str, widest: int) -> str:
    """Cut a label that is too long; unlike `shorten`, it keeps the spaces at its beginning."""
    indent = len(label) - len(label.lstrip())
    return " " * indent + shorten(label, widest - indent)
