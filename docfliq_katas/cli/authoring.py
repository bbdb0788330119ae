"""`kata new`: what it says about the lesson that it has made."""

from __future__ import annotations

from docfliq_katas import rulebook, scaffold
from docfliq_katas.cli import voice


def new(slug: str, *, number: int | None, chapter: str | None) -> None:
    """Make the files of a new lesson, and say where they are and what comes next."""
    made = scaffold.new(slug, number=number, chapter=chapter)
    voice.say(
        f"Made lesson {made.number:02} {made.title}, in the chapter {made.chapter}:",
        f"  lessons/{made.folder}/",
        f"  solutions/{made.folder}/",
        f"  docs/lessons/{made.slug}.md",
        "",
        "It is a draft: `kata list` shows it, and `kata next` passes it over.",
        _lines(made),
        f"Next: lessons/{made.folder}/README.md says what to write, `kata check {made.number:02}` what is left.",
    )


def _lines(made: scaffold.Place) -> str:
    if not made.lines:
        return f"No line of {rulebook.LINES} names it: give it one there, and write that one in place of L0."
    plural = "line" if len(made.lines) == 1 else "lines"
    return f"It owns the {plural} {', '.join(made.lines)}: read them in the rulebook before you write the slice."
