"""`kata trace`: what happened during a lesson's requests, in the terminal and on a page."""

from __future__ import annotations

import sys
from dataclasses import astuple
from typing import TYPE_CHECKING

from rich.console import Console

from docfliq_katas.cli import helping, voice
from docfliq_katas.trace import page, terminal
from docfliq_katas.trace.drawing import as_text, draw
from docfliq_katas.trace.take import full_name

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson


def trace(  # noqa: PLR0913 - an option of the command is a parameter here
    lesson: Lesson, test: str | None, *, overlay: str, compare: bool, html: Path | None, agreed: bool
) -> None:
    """Draw what happened in one test of a lesson.

    Args:
        lesson: The lesson.
        test: The test, by its name or a part of it; by default the first red goal test that made requests.
        overlay: What is laid over the lesson; see `overlay.overlay_files`.
        compare: Draw the reference beside it.
        html: Write a page there as well.
        agreed: Do not ask whether the solution may be seen.

    Raises:
        Misuse: there is nothing to draw, or no way to write the page.

    """
    name = full_name(lesson, test) if test else None
    if html:
        page.check_place(html)
    command = f"kata trace {' '.join([lesson.number, *([test] if test else [])])}"
    command += f" --overlay {overlay}" if overlay != "mine" else ""
    if compare:
        command += " --compare"
        if not helping.may_spoil(lesson, f"{command} --yes", agreed=agreed):
            voice.say("Not shown.")
            return
    drawing = draw(lesson, name, overlay, beside=compare)
    for line in as_text(drawing, Console().width, _glyphs()):
        voice.say_raw(line)
    if html:
        page.write(html, drawing, command)
        voice.say_raw(f"\nWritten: {html}")


def _glyphs() -> terminal.Glyphs:
    try:
        "".join(astuple(terminal.Glyphs())).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return terminal.ASCII
    return terminal.Glyphs()
