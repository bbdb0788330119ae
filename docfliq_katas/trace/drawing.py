"""From a lesson to what is shown of it: one picture, or two on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from docfliq_katas.overlay import MINE, REFERENCE, STARTER
from docfliq_katas.trace import terminal
from docfliq_katas.trace.layout import Letters, Picture, lay_out
from docfliq_katas.trace.scale import Scale
from docfliq_katas.trace.take import choose, take

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Trace

_FEWEST = 50  # columns; fewer leave no room for time
_LEAST = 80  # columns of one picture beside another
_MOST = 110
_GAP = 4


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture with the words above it: `Before: your files`."""

    heading: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture, or two to compare, on one scale.

    Attributes:
        title: the lesson.
        panels: the pictures; all of them show the same test.
        scale: the scale of time.
    """

    title: str
    panels: tuple[Panel, ...]
    scale: Scale


def draw(lesson: Lesson, test: str | None, overlay: str = MINE, *, beside: bool = False) -> Drawing:
    """Run one test of a lesson, and with `beside` once more with the reference, and return the drawing.

    Args:
        lesson: The lesson.
        test: The whole name of the test, with or without an id; by default the first red goal test.
        overlay: What is laid over the lesson; see `overlay.overlay_files`.
        beside: Whether to put the reference beside it.

    Raises:
        Misuse: the slice cannot be imported, or there is nothing to draw.

    """
    chosen = choose(lesson, take(lesson, overlay, test and test.partition("[")[0]), test)
    if beside:
        other = choose(lesson, take(lesson, REFERENCE, chosen.test), chosen.test)
        return compare(lesson, chosen, other, overlay)
    name = _name(overlay)
    return _drawing(lesson, {f"{name[:1].upper()}{name[1:]}": chosen})


def compare(lesson: Lesson, before: Trace, after: Trace, overlay: str = STARTER) -> Drawing:
    """Return the drawing of two traces of one test: of the lesson with `overlay`, and of its reference."""
    return _drawing(lesson, {f"Before: {_name(overlay)}": before, f"After: {_name(REFERENCE)}": after})


def as_text(drawing: Drawing, columns: int, glyphs: terminal.Glyphs) -> list[Text]:
    """Return the drawing for a terminal: one picture above the other, or beside it where there is room."""
    panels, trace = drawing.panels, drawing.panels[0].picture.trace
    columns = max(_FEWEST, columns)
    beside = len(panels) > 1 and columns >= 2 * _LEAST + _GAP
    width = min(_MOST, (columns - _GAP) // 2 if beside else columns)
    drawn = [
        terminal.lines(panel.picture, panel.heading, drawing.scale, width=width, glyphs=glyphs) for panel in panels
    ]
    pictures = terminal.side_by_side(*drawn, gap=_GAP) if beside else [line for one in drawn for line in (*one, Text())]
    pictures += [Text()] if beside else []
    head = [*terminal.wrapped(drawing.title, width), *terminal.wrapped(trace.law, width), Text(trace.test), Text()]
    return [*head, *pictures, *terminal.wrapped(terminal.legend([panel.picture for panel in panels], glyphs), width)]


def _drawing(lesson: Lesson, traces: Mapping[str, Trace]) -> Drawing:
    letters: Letters = {}
    panels = tuple(Panel(heading, lay_out(trace, letters)) for heading, trace in traces.items())
    scale = Scale(max(panel.picture.seconds for panel in panels))
    return Drawing(f"Lesson {lesson.number} {lesson.title}", panels, scale)


def _name(overlay: str) -> str:
    return {MINE: "your files", STARTER: "the starter", REFERENCE: "the reference"}.get(overlay, overlay)
