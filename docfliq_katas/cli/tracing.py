"""`kata trace`: what happened during a lesson's requests, in the terminal and on a page."""

from __future__ import annotations

import sys
from dataclasses import astuple
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from docfliq_katas.cli import helping, voice
from docfliq_katas.overlay import MINE, REFERENCE
from docfliq_katas.trace import page, take, terminal
from docfliq_katas.trace.layout import Letters, lay_out
from docfliq_katas.trace.page import Panel
from docfliq_katas.trace.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

_FEWEST = 50  # columns; fewer leave no room for time
_LEAST = 80  # columns of one picture beside another
_MOST = 110
_GAP = 4


def trace(  # noqa: PLR0913 - an option of the command is a parameter here
    lesson: Lesson, test: str | None, *, overlay: str, compare: bool, html: Path | None, agreed: bool
) -> None:
    """Draw what happened in one test of a lesson.

    Args:
        lesson: The lesson.
        test: The test, by its name or a part of it; by default the first red one that made requests.
        overlay: What is laid over the lesson; see `overlay.overlay_files`.
        compare: Draw the reference beside it.
        html: Write a page there as well.
        agreed: Do not ask whether the solution may be seen.

    Raises:
        Misuse: there is nothing to draw, or no way to write the page.

    """
    function = take.function_of(lesson, test) if test else None
    if html:
        page.check_place(html)
    command = f"kata trace {lesson.number} {test or ''} --compare".replace("  ", " ")
    if compare and not helping.may_spoil(lesson, f"{command} --yes", agreed=agreed):
        voice.say("Not shown.")
        return
    letters: Letters = {}
    chosen = take.choose(lesson, take.take(lesson, overlay, function), test and _named(test, function))
    panels = [Panel(_name(overlay), lay_out(chosen, letters))]
    if compare:
        other = take.choose(lesson, take.take(lesson, REFERENCE, chosen.test), chosen.test)
        panels = [Panel(f"Before: {_name(overlay)}", panels[0].picture)]
        panels.append(Panel(f"After: {_name(REFERENCE)}", lay_out(other, letters)))
    scale = Scale(max(panel.picture.seconds for panel in panels))
    title = f"Lesson {lesson.number} {lesson.title}"
    _show(title, panels, scale)
    if html:
        made_by = command if compare else command.removesuffix(" --compare")
        page.write(html, title, made_by, panels, scale)
        voice.say_raw(f"\nWritten: {html}")


def _named(test: str, function: str | None) -> str:
    """Return the test with the whole name of its function, where only a part was given."""
    _, bracket, parameters = test.rpartition("::")[2].partition("[")
    return f"{function}{bracket}{parameters}"


def _name(overlay: str) -> str:
    return {MINE: "your files", REFERENCE: "the reference"}.get(overlay, overlay)


def _show(title: str, panels: Sequence[Panel], scale: Scale) -> None:
    columns = max(_FEWEST, Console().width)
    beside = len(panels) > 1 and columns >= 2 * _LEAST + _GAP
    width = min(_MOST, (columns - _GAP) // 2 if beside else columns)
    glyphs = _glyphs()
    drawn = [terminal.lines(panel.picture, panel.heading, scale, width=width, glyphs=glyphs) for panel in panels]
    lines = terminal.side_by_side(*drawn, gap=_GAP) if beside else [line for one in drawn for line in [*one, Text()]]
    trace = panels[0].picture.trace
    voice.say(title, trace.law)
    voice.say_raw(f"{trace.test}\n")
    for line in lines:
        voice.say_raw(line)
    voice.say(terminal.legend([panel.picture for panel in panels], glyphs))


def _glyphs() -> terminal.Glyphs:
    try:
        "".join(astuple(terminal.Glyphs())).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return terminal.ASCII
    return terminal.Glyphs()
