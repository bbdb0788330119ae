"""The picture as one HTML file that asks nobody for anything: no script, no font, no other file."""

from __future__ import annotations

import os
from html import escape
from typing import TYPE_CHECKING

from docfliq_katas.errors import Misuse
from docfliq_katas.state import write_atomic
from docfliq_katas.trace.layout import SHARED, facts_of, milliseconds
from docfliq_katas.trace.reading import read, times, told_of
from docfliq_katas.trace.style import STYLE
from docfliq_katas.trace.svg import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docfliq_katas.trace.drawing import Drawing, Panel
    from docfliq_katas.trace.layout import Block, Lane
    from docfliq_katas.trace.scale import Scale

_MARK = '<meta name="generator" content="kata trace">'
_POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"


def check_place(file: Path) -> None:
    """Demand that a page can be written to `file`.

    Raises:
        Misuse: there is something that is not a trace, or no folder to write to.

    """
    if file.is_dir():
        raise Misuse(f"{file} is a folder: name a file for --html")
    if not file.parent.is_dir():
        raise Misuse(f"cannot write {file}: there is no folder {file.parent}")
    if not os.access(file.parent, os.W_OK):
        raise Misuse(f"cannot write {file}: the folder {file.parent} is not yours to write in")
    if file.exists():
        try:
            with file.open("rb") as existing:
                ours = _MARK.encode() in existing.read(1000)
        except OSError as error:
            raise Misuse(f"cannot write {file}: {(error.strerror or str(error)).lower()}") from None
        if not ours:
            raise Misuse(f"{file} is there and is no trace of ours: name another file for --html")


def write(file: Path, drawing: Drawing, command: str) -> None:
    """Write the page.

    Args:
        file: Where to.
        drawing: One picture, or two side by side.
        command: The command that makes it again.

    Raises:
        Misuse: the file cannot be written.

    """
    try:
        write_atomic(file, "\n".join(_page(drawing, command)) + "\n")
    except (Misuse, OSError) as error:
        cause = error.__cause__ if isinstance(error, Misuse) else error  # its advice is about the state folder
        said = cause.strerror if isinstance(cause, OSError) else None
        raise Misuse(f"cannot write {file}: {(said or str(error)).lower()}") from None


def _page(drawing: Drawing, command: str) -> Iterator[str]:
    trace, title, panels = drawing.panels[0].picture.trace, escape(drawing.title), drawing.panels
    yield f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{_MARK}\n{_POLICY}'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{title}</h1>\n<p>{escape(trace.law)}</p>\n<p><code>{escape(trace.test)}</code></p>"
    yield f'<main class="panels" data-panels="{len(panels)}">'
    for number, panel in enumerate(panels, 1):
        yield from _panel(number, panel, drawing.scale)
    yield f'</main>\n<div class="panels" data-panels="{len(panels)}">'
    for panel in panels:
        yield from _table(panel)
    yield f"</div>\n<footer>\n<p>{escape(SHARED)} The time that the test spent in between is left out.</p>"
    yield f"<p>Made by <code>{escape(command)}</code>.</p>\n</footer>\n</body>\n</html>"


def _panel(number: int, panel: Panel, scale: Scale) -> Iterator[str]:
    picture, sentences = panel.picture, read(panel.picture)
    word = "green" if picture.trace.outcome == "passed" else "red"
    yield f"<section>\n<h2>{escape(panel.heading)} ({word})</h2>\n<figure>"
    name, description = f"picture-{number}", " ".join(sentences)
    yield from draw(picture, scale, name=name, title=panel.heading, description=description)
    yield "<figcaption>\n<ul>"
    yield from (f"<li>{escape(sentence)}</li>" for sentence in sentences)
    yield "</ul>\n<dl>"
    yield from (line for lane in picture.key for line in _key(lane))
    yield "</dl>\n</figcaption>\n</figure>\n</section>"


def _key(lane: Lane) -> Iterator[str]:
    place = f"<br>from <code>{escape(lane.first.where)}</code>" if lane.first.where else ""
    yield f'<dt class="{lane.first.kind}">{lane.letter}</dt>\n<dd>{escape(told_of(lane))}{place}</dd>'


def _table(panel: Panel) -> Iterator[str]:
    name = f"The same in a table: {panel.heading}"
    yield f'<section class="table" tabindex="0" aria-label="{escape(name)}">\n<table>'
    yield f"<caption>{escape(name)}</caption>"
    heads = ("What happened", "How often", "Rows", "Begins at", "Takes")
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield f"<thead><tr>{columns}</tr></thead>"
    for block in panel.picture.blocks:
        yield f"<tbody>\n{_block_row(block)}"
        yield from (_lane_row(lane, block.start) for lane in block.lanes)
        yield "</tbody>"
    yield "</table>\n</section>"


def _block_row(block: Block) -> str:
    request = block.request
    who = f"{block.numbers} {request.method} {request.path}" if request else "Outside of any request"
    words = f"{who}: {', '.join(facts_of(block))}"
    return f'<tr><th colspan="5" scope="rowgroup">{escape(words)}</th></tr>'


def _lane_row(lane: Lane, start: float) -> str:
    place = f"<br>from <code>{escape(lane.first.where)}</code>" if lane.first.where else ""
    cells = (
        times(len(lane.calls)),
        "" if lane.rows is None else str(lane.rows),
        milliseconds(lane.first.began - start),
        milliseconds(lane.seconds),
    )
    what = f"{lane.letter} {told_of(lane, with_times=False)}"
    return f"<tr><td>{escape(what)}{place}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
