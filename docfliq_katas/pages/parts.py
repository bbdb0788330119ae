"""The parts of a lesson's page that are not written by hand, as Markdown; plain functions of the lesson's folder."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docfliq_katas import overlay, starter
from docfliq_katas.check.page import PARTS
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docfliq_katas.catalogue import Chapter, Lesson

SERVERS = {"postgres": "PostgreSQL", "mongodb": "MongoDB", "valkey": "Valkey"}
"""What the servers are called, by the name of the service."""

_LANGUAGES = {".py": "python", ".conf": "nginx", ".ini": "ini", ".toml": "toml", ".mako": "mako"}
_HINTS = ("where to look", "what happens", "how to repair it")


def of_a_draft(lesson: Lesson) -> dict[str, str]:
    """Return what stands in place of each part while the lesson is not recorded: its page can be read before."""
    words = f"*This part comes with `kata check {lesson.number} --record`.*"
    return dict.fromkeys(PARTS, words)


def facts(lesson: Lesson, chapter: Chapter, titles: Mapping[str, str]) -> str:
    """Return the fact table.

    Args:
        lesson: The lesson.
        chapter: The chapter it belongs to.
        titles: The titles of the lessons that have a page, by slug.

    """
    rows = {
        "Lesson": f"{lesson.number}, in the chapter {chapter.title}",
        "Servers": ", ".join(SERVERS[service] for service in lesson.services) or "none",
        "Time": f"about {lesson.minutes} minutes",
        "Level": lesson.level,
        "Lines of the rulebook": ", ".join(f"[{line}](../guidelines.md#{line.lower()})" for line in lesson.guidelines),
        "Can a linter see it?": _linters(lesson),
        "You edit": ", ".join(f"`{path}`" for path in lesson.edit),
    }
    if lesson.prerequisites:
        rows["Do first"] = ", ".join(_prerequisite(name, titles) for name in lesson.prerequisites)
    (first, value), *others = rows.items()
    table = [f"| {first} | {value} |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in others)]
    return "\n".join(table)


def broken(lesson: Lesson) -> str:
    """Return the starter's files to edit that the reference changes, with the changed lines highlighted."""
    before, after = starter.original(lesson), overlay.overlay_files(lesson, overlay.REFERENCE)
    changed = [path for path in lesson.edit if path in before and path in after] or sorted(before.keys() & after.keys())
    return "\n\n".join(_marked(path, _text(before[path]), _text(after[path])) for path in changed)


def diff(lesson: Lesson, name: str) -> str:
    """Return what the overlay changes in the starter, as a diff."""
    before = starter.original(lesson)
    lines: list[str] = []
    for path, data in sorted(overlay.overlay_files(lesson, name).items()):
        old = _text(before[path]).splitlines() if path in before else []
        source = path if path in before else "/dev/null"
        lines += difflib.unified_diff(old, _text(data).splitlines(), source, path, lineterm="")
    return fenced("\n".join(lines), "diff")


def link(lesson: Lesson) -> str:
    """Return a link to the lesson's page, for a page of `docs/` itself."""
    return f"[{lesson.number} · {lesson.title}](lessons/{lesson.slug}.md)"


def hints(lesson: Lesson) -> str:
    """Return the three hints, folded."""
    return "\n\n".join(
        f'??? tip "Hint {number}: {title}"\n\n    {" ".join(hint.split())}'
        for number, (title, hint) in enumerate(zip(_HINTS, lesson.hints, strict=True), start=1)
    )


def links(lesson: Lesson) -> str:
    """Return the official pages to read on, as a list."""
    return "\n".join(f"- [{link.title}]({link.url})" for link in lesson.links)


def rejected(lesson: Lesson, refusals: Mapping[str, Mapping[str, str]]) -> str:
    """Return every rejected variant: what it is, why it is wrong, its diff, and the message that refuses it.

    Args:
        lesson: The lesson.
        refusals: Variant, such as `rejected/gather` -> the tests that refuse it, with their messages.

    """
    return "\n\n".join(_refusal(lesson, name, refusals[name]) for name in overlay.variants(lesson, "rejected"))


def fenced(text: str, language: str, options: str = "") -> str:
    """Return a code block whose fence is longer than any inside it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}{options}\n{text}\n{fence}"


def _refusal(lesson: Lesson, name: str, messages: Mapping[str, str]) -> str:
    words = name.partition("/")[2].replace("_", " ")
    change = "\n".join(f"    {line}".rstrip() for line in diff(lesson, name).splitlines())
    first, *others = messages
    more = f", and by {len(others)} more" if others else ""
    parts = [f"### {words.capitalize()}", _why(lesson, name), f'??? example "The change"\n\n{change}']
    return "\n\n".join([*parts, f"Refused by `{first}`{more}:", fenced(messages[first], "text")])


def _why(lesson: Lesson, name: str) -> str:
    path = lesson.solution / name / "variant.toml"
    try:
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["why"])
    except (FileNotFoundError, KeyError, tomllib.TOMLDecodeError):
        where = f"solutions/{lesson.name}/{name}/variant.toml"
        raise Misuse(f'{where} does not say why: give it a line `why = "one sentence"`') from None


def _linters(lesson: Lesson) -> str:
    if not lesson.linters:
        return "no"
    return "yes: " + ", ".join(f"{tool} `{code}`" for tool, _, code in (name.partition(":") for name in lesson.linters))


def _prerequisite(name: str, titles: Mapping[str, str]) -> str:
    return f"[{titles[name]}]({name}.md)" if name in titles else name.replace("_", " ")


def _marked(path: str, old: str, new: str) -> str:
    lines = old.splitlines()
    changed = _changed_lines(lines, new.splitlines())
    telling = [number for number in changed if not lines[number - 1].startswith(("import ", "from "))]
    marks = " ".join(str(number) for number in telling or changed)
    options = f' title="{path}" linenums="1"' + (f' hl_lines="{marks}"' if marks else "")
    return fenced("\n".join(lines), _LANGUAGES.get(PurePosixPath(path).suffix, "text"), options)


def _changed_lines(old: list[str], new: list[str]) -> list[int]:
    """Return the numbers, from 1, of the old lines that the new text changes; of an insertion, the line before it."""
    numbers: set[int] = set()
    for kind, start, end, _, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            numbers.update(range(start + 1, end + 1))
        elif kind == "insert":
            numbers.add(max(start, 1))
    return sorted(number for number in numbers if number <= len(old) and old[number - 1].strip())


def _text(data: bytes) -> str:
    return data.decode("utf-8").replace("\r\n", "\n")
