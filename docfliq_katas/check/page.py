"""The contract of a lesson's page: its headings, the generated parts between them, and the questions at its end."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docfliq_katas.catalogue import Lesson

HEADINGS = (
    "The incident",
    "See it fail",
    "The broken lines",
    "Why it happens",
    "Hints",
    "The solution",
    "Tempting but wrong",
    "When the rule does not apply",
    "What the rulebook says",
    "How to spot it in review",
    "Read on",
)
SELF_CHECK = "Check yourself"  # a page may have it; then it is right before the last heading
QUESTIONS = 3
PICTURE = "trace"
"""The part that a page has where the record of the probes has something to draw."""
PARTS = ("facts", "red", "broken", "hints", "diff", "green", "rejected", "links")


def problems(lesson: Lesson) -> Iterator[str]:
    """Yield what is wrong with the page of one lesson: a heading or a generated part that is not in its place."""
    name = f"docs/lessons/{lesson.slug}.md"
    try:
        text = lesson.page.read_text(encoding="utf-8")
    except FileNotFoundError:
        yield f"{name} is missing; write the page by the contract"
        return
    if not re.match(r"(?:---\n(?:.*\n)*?---\n)?\s*# \S", text):
        yield f"{name} does not begin with a title; begin with `# {lesson.title}`"
    if not re.match(r"---\n(?:.*\n)*?symptoms:\n *- .+\n(?:.*\n)*?---\n", text):
        yield f"{name} names no symptom; begin with front matter whose `symptoms:` lists what people see"
    for heading in _misplaced(HEADINGS, re.findall(r"^## +(.+?) *$", text, re.MULTILINE)):
        yield f"{name} lacks `## {heading}`, or has it out of order; follow the contract"
    parts = [f"generated/{lesson.slug}/{part}.md" for part in PARTS]
    for part in _misplaced(parts, re.findall(r'^ *--8<-- "(.+)"$', text, re.MULTILINE)):
        yield f'{name} does not include `--8<-- "{part}"` in its place; add that line'
    yield from (f"{name} {problem}" for problem in _self_check(text))


def _self_check(text: str) -> Iterator[str]:
    """Yield what is wrong with the self-check: its place, or its number of folded questions with an answer inside."""
    _, *sections = re.split(r"^## +", text, flags=re.MULTILINE)
    places = [number for number, section in enumerate(sections) if section.splitlines()[0].rstrip() == SELF_CHECK]
    if places and places != [len(sections) - 2]:
        yield f"has `## {SELF_CHECK}` out of place; put it once, right before `## {HEADINGS[-1]}`"
    for number in places:
        asked = len(re.findall(r'^\?\?\? question "[^"\n]+"\n\n {4}\S', sections[number], re.MULTILINE))
        if asked != QUESTIONS:
            folded = '`??? question "…"`, with the answer indented below it'
            yield f"asks {asked} folded questions in `## {SELF_CHECK}`; ask {QUESTIONS}, each as {folded}"


def problems_of_picture(lesson: Lesson, *, drawable: bool) -> Iterator[str]:
    """Yield what is wrong with the figure that is drawn from the probes' record.

    Args:
        lesson: The lesson.
        drawable: Whether there is something to draw, see `trace.telling`.

    """
    name, include = f"docs/lessons/{lesson.slug}.md", f'--8<-- "generated/{lesson.slug}/{PICTURE}.md"'
    text = lesson.page.read_text(encoding="utf-8") if lesson.page.exists() else ""
    section = re.search(r"^## +Why it happens *$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    there = section[1].count(include) if section else 0
    if drawable and not (there == 1 == text.count(include)):
        yield f"{name} does not include `{include}` once, in `## Why it happens`; there is something to draw"
    elif not drawable and include in text:
        yield f"{name} includes `{include}`, and no test tells starter and reference apart; take that line out"


def _misplaced(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    """Return the entries of `wanted` that are not in `found`, or not in this order; other entries do not matter."""
    known = [text for text in found if text in wanted]
    blocks = SequenceMatcher(None, wanted, known, autojunk=False).get_matching_blocks()
    kept = {wanted[block.a + index] for block in blocks for index in range(block.size)}
    return [text for text in wanted if text not in kept]
