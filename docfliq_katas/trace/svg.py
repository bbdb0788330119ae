"""The drawing of the page: an inline SVG whose time is in per cent, so that text keeps its size on any screen."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from docfliq_katas.trace.layout import SERVERS, facts_of, title_of
from docfliq_katas.trace.reading import times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.trace.layout import Block, Lane, Picture
    from docfliq_katas.trace.model import Call
    from docfliq_katas.trace.scale import Scale

_TICKS = 4
_LETTERS = 54  # of 12 pixels each, on the narrowest screen
_TITLE = 46
_AXIS = 26  # pixels from here on
_LINE = 17
_BAR = 8
_LANE = 12
_GAP = 16


def draw(picture: Picture, scale: Scale, *, name: str, title: str, description: str) -> Iterator[str]:
    """Yield the lines of the drawing.

    Args:
        picture: What to draw.
        scale: The scale of time; two pictures that are compared have the same.
        name: An id that no other drawing on the page has.
        title: What it is, for those who do not see it.
        description: What it shows.

    """
    drawing = _Drawing(scale)
    parts = [part for block in picture.blocks for part in drawing.block(block)]
    height = drawing.bottom + 4
    yield f'<svg height="{height}" role="img" aria-labelledby="{name}-title {name}-desc" xmlns="http://www.w3.org/2000/svg">'
    yield f'<title id="{name}-title">{escape(title)}</title>\n<desc id="{name}-desc">{escape(description)}</desc>'
    yield from _axis(scale, height)
    yield from parts
    yield "</svg>"


def _axis(scale: Scale, height: int) -> Iterator[str]:
    yield '<text class="soft" y="12">0 ms</text>'
    yield f'<line class="grid" x1="0" x2="0" y1="18" y2="{height}"/>'
    for moment, written in scale.ticks(_TICKS):
        place = scale.share(moment)
        anchor = "end" if place > 0.9 else "middle"
        yield f'<text class="soft" x="{place:.2%}" y="12" text-anchor="{anchor}">{written}</text>'
        yield f'<line class="grid" x1="{place:.2%}" x2="{place:.2%}" y1="18" y2="{height}"/>'


@dataclass(slots=True)
class _Drawing:
    """Draws from above to below; `bottom` is where it has come to, in pixels."""

    scale: Scale
    bottom: int = _AXIS

    def block(self, block: Block) -> Iterator[str]:
        yield self._text(title_of(block, _TITLE), "title")
        for line in textwrap.wrap(", ".join(facts_of(block)), _LETTERS):
            yield self._text(line, "soft")
        if block.request:
            yield self._bar("request", block.request.began - block.start, block.request.seconds, 4, _BAR)
            self.bottom += _BAR + 4
        for lane in block.lanes:
            yield self._text(f"{lane.first.name}, {times(len(lane.calls))}", letter=lane.letter)
            yield from self._lane(lane, block.start)
            self.bottom += _LANE + 6
        self.bottom += _GAP

    def _lane(self, lane: Lane, start: float) -> Iterator[str]:
        """Draw calls that are alike as a ladder that lies on its side."""
        top, bottom = self.bottom + 4, self.bottom + 4 + _LANE
        if lane.first.kind in SERVERS and len(lane.calls) > 1:
            ends = self._x(lane.first.began - start), self._x(max(call.ended for call in lane.calls) - start)
            for y in (top, bottom):
                yield f'<line class="rail" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>'
        for call in lane.calls:
            yield from self._call(call, call.began - start, top, bottom)

    def _call(self, call: Call, began: float, top: int, bottom: int) -> Iterator[str]:
        if call.kind in SERVERS:
            yield self._bar(f"going {call.kind}", began, call.seconds, 4, _LANE)
            x = self._x(began)
            yield f'<line class="rung {call.kind}" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
            return
        if call.waited:
            yield self._bar(f"waiting {call.kind}", began, call.waited, 4, _LANE)
        yield self._bar(call.kind, began + call.waited, call.seconds - call.waited, 4, _LANE)

    def _bar(self, kind: str, began: float, seconds: float, down: int, height: int) -> str:
        x, width = self._x(began), max(0.003, self.scale.share(began + seconds) - self.scale.share(began))
        return f'<rect class="{kind}" x="{x}" y="{self.bottom + down}" width="{width:.2%}" height="{height}"/>'

    def _text(self, words: str, kind: str = "", letter: str = "") -> str:
        self.bottom += _LINE
        named = f' class="{kind}"' if kind else ""
        begin = f'<tspan class="title">{letter}</tspan> ' if letter else ""
        return f'<text{named} y="{self.bottom - 2}">{begin}{escape(words)}</text>'

    def _x(self, seconds: float) -> str:
        return f"{self.scale.share(seconds):.2%}"
