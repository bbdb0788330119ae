"""The figure of a lesson that is drawn from the probes' record: the starter and the reference, on one scale."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from docfliq_katas.trace.drawing import compare
from docfliq_katas.trace.layout import SHARED, Block, counted, facts_of, listed
from docfliq_katas.trace.reading import read, times, told_of
from docfliq_katas.trace.svg import draw
from docfliq_katas.trace.telling import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.drawing import Drawing
    from docfliq_katas.trace.layout import Lane, Picture
    from docfliq_katas.trace.model import Trace

_WORDS = ("Before", "After")
_LINE = re.compile(r":\d+(?= \()")  # of `src/posts/service.py:28 (card)`; a repair moves lines, and not what they do


def figure(lesson: Lesson, before: Sequence[Trace], after: Sequence[Trace]) -> str | None:
    """Return the figure as HTML; None where no test tells starter and reference apart.

    Args:
        lesson: The lesson.
        before: Traces of its starter.
        after: Traces of its reference.

    """
    pair = telling(lesson, before, after)
    if pair is None:
        return None
    starter, reference = map(_cleared, pair)
    return "\n".join(_figure(lesson, compare(lesson, starter, reference)))


def _cleared(trace: Trace) -> Trace:
    """Leave out the numbers of lines, and what holds the loop while the app starts, when nobody waits for it."""
    calls = (call for call in trace.calls if call.request or call.kind != "stall")
    return replace(trace, calls=tuple(replace(call, where=_LINE.sub("", call.where)) for call in calls))


def _figure(lesson: Lesson, drawing: Drawing) -> Iterator[str]:
    yield '<figure class="figure trace">\n<div class="panels">'
    for word, panel in zip(_WORDS, drawing.panels, strict=True):
        name = f"trace-{lesson.slug.replace('_', '-')}-{word.lower()}"
        description = " ".join([_summed(word, panel.picture), *read(panel.picture)])
        yield f"<div>\n<p><strong>{escape(panel.heading)}</strong></p>"
        yield from draw(panel.picture, drawing.scale, name=name, title=panel.heading, description=description)
        yield "</div>"
    yield "</div>\n<figcaption>"
    yield from _caption(lesson, [panel.picture for panel in drawing.panels])
    yield "</figcaption>\n</figure>"


def _caption(lesson: Lesson, pictures: Sequence[Picture]) -> Iterator[str]:
    trace = pictures[0].trace
    summed = " ".join(_summed(word, picture) for word, picture in zip(_WORDS, pictures, strict=True))
    yield f"<p>{escape(trace.law)} {escape(summed)}</p>\n<dl>"
    yield from (line for lanes in _key(pictures) for line in lanes)
    yield f"</dl>\n<p>Recorded in <code>{escape(trace.test)}</code>, both on one scale of time. {escape(SHARED)}"
    yield f"<code>kata trace {lesson.number} {escape(trace.function)} --compare</code> draws it from runs of yours.</p>"


def _summed(word: str, picture: Picture) -> str:
    """Say how much happened in all: `Before, 4 requests: 144 SQL statements with 420 rows.`."""
    whole = Block(None, "", picture.key, 0.0, ())
    return f"{word}, {counted(len(picture.trace.requests), 'request')}: {listed(facts_of(whole) or ['no call'])}."


def _key(pictures: Sequence[Picture]) -> Iterator[tuple[str, str]]:
    """Say what each letter is, and how often it is there in each of the pictures."""
    lanes: dict[str, Lane] = {}
    for picture in reversed(pictures):
        lanes |= {lane.letter: lane for lane in picture.key}
    for letter, lane in sorted(lanes.items(), key=lambda pair: (len(pair[0]), pair[0])):
        often = [sum(len(one.calls) for one in picture.key if one.letter == letter) for picture in pictures]
        told = ", ".join(f"{word.lower()} {_often(number)}" for word, number in zip(_WORDS, often, strict=True))
        place = f"<br>from <code>{escape(lane.first.where)}</code>" if lane.first.where else ""
        what = escape(told_of(lane, with_times=False))
        yield f'<dt class="{lane.first.kind}">{letter}</dt>', f"<dd>{what}{place}<br>{told}</dd>"


def _often(number: int) -> str:
    return times(number) if number else "never"
