"""What `kata`, `kata next` and `kata list` show: chapters, lessons, and which one comes next."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from docfliq_katas import catalogue, order, progress, starter
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from rich.console import RenderableType

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.progress import Standing

_BAR = 10  # cells
_WIDEST_TITLE = 32  # columns; a longer title is wrapped
_COLOURS = {"solved": "green", "changed": "yellow", "open": "", "draft": "dim"}


def overview(*, plain: bool) -> list[RenderableType]:
    """Return the dashboard: chapters that have lessons, how far each one is, and the next lesson.

    Args:
        plain: Words only, one line a chapter; else a bar stands beside the words.

    """
    lessons = starter.published()
    standing = progress.standing(lessons)
    solved = sum(standing[lesson.slug].state == "solved" for lesson in lessons)
    lines: list[RenderableType] = [
        Text(f"Docfliq katas: {solved} of {_count(len(lessons), 'lesson')} solved", "bold"),
        "",
        *_chapter_lines(lessons, standing, plain=plain),
        "",
    ]
    following = order.following(lessons, standing)
    lines += _next_lines(following, standing) if following else [_ALL_SOLVED]
    notes = _changed_notes(lessons, standing) + _edited_notes(lessons)
    return [*lines, "", *notes] if notes else lines


def ticket(*, plain: bool) -> list[RenderableType]:
    """Return the ticket of the next lesson as its README tells it, and the commands for it.

    Args:
        plain: The README as it is written; else laid out for a terminal.

    """
    lessons = starter.published()
    standing = progress.standing(lessons)
    lesson = order.following(lessons, standing)
    if lesson is None:
        return [_ALL_SOLVED]
    lines: list[RenderableType] = [*_next_lines(lesson, standing), _indented(_facts(lesson))]
    if standing[lesson.slug].state == "changed":
        lines.append(_indented(_changed_note(lesson)))
    unsolved = [each for each in lesson.prerequisites if each in standing and standing[each].state == "open"]
    if unsolved:
        lines.append(_indented(f"It builds on {', '.join(unsolved)}: not solved yet."))
    readme = lesson.folder / "README.md"
    if readme.is_file():
        text = readme.read_text(encoding="utf-8", errors="replace").rstrip()
        lines += ["", Text(text) if plain else _markdown(text)]
    return lines


def listing() -> list[RenderableType]:
    """Return every lesson, chapter by chapter: number, how it stands, title, minutes, level and servers."""
    lessons = catalogue.lessons()
    standing = progress.standing(lessons)
    widest = min(_WIDEST_TITLE, max((len(lesson.title) for lesson in lessons), default=0))
    lines: list[RenderableType] = []
    for title, members in _by_chapter(lessons).items():
        table = Table.grid(padding=(0, 2, 0, 0))
        for width in (4, 7, widest, 7, None):
            table.add_column(width=width, overflow="fold")
        for lesson in members:
            state = "draft" if starter.is_draft(lesson) else standing[lesson.slug].state
            facts = ", ".join([lesson.level, *lesson.services])
            minutes = f"{lesson.minutes} min"
            table.add_row(f"  {lesson.number}", Text(state, _COLOURS[state]), lesson.title, minutes, facts)
        lines += [*([""] if lines else []), Text(title, "bold"), table]
    notes = _changed_notes(lessons, standing)
    return [*lines, "", *notes] if notes else lines


_ALL_SOLVED = "Every lesson is solved. `kata list` names them; `kata reset NN` opens one again."


def _by_chapter(lessons: list[Lesson]) -> dict[str, list[Lesson]]:
    """Return the lessons under their chapters' titles, in the course's order; chapters without lessons are left out."""
    members: defaultdict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        members[lesson.chapter].append(lesson)
    titles = {chapter.key: chapter.title for chapter in catalogue.chapters()}
    order = [key for key in titles if key in members] + [key for key in members if key not in titles]
    return {titles.get(key, key): members[key] for key in order}


def _chapter_lines(lessons: list[Lesson], standing: Standing, *, plain: bool) -> list[RenderableType]:
    words = {}
    for title, members in _by_chapter(lessons).items():
        states = [standing[lesson.slug].state for lesson in members]
        changed = f", {states.count('changed')} changed since" if "changed" in states else ""
        words[title] = (
            states.count("solved"),
            len(states),
            f"{states.count('solved')} of {len(states)} solved{changed}",
        )
    if plain:
        return [f"{title}: {told}" for title, (_, _, told) in words.items()]
    table = Table.grid(padding=(0, 2, 0, 0))
    for title, (solved, total, told) in words.items():
        full = solved * _BAR // total
        table.add_row(title, Text.assemble(("█" * full, "green"), ("░" * (_BAR - full), "dim")), told)
    return [table]


def _next_lines(lesson: Lesson, standing: Standing) -> list[RenderableType]:
    number = lesson.number
    words, name = order.announced(lesson)
    again = " (changed since you solved it)" if standing[lesson.slug].state == "changed" else ""
    return [
        Text.assemble(words, (name, "bold"), again),
        _indented(f"Ticket: {_short(lesson, 'README.md')}"),
        _indented(f"Run it: pytest lessons/{number}"),
        _indented(f"A hint: kata hint {number}"),
    ]


def _indented(line: str) -> str:
    return f"      {line}"


def _markdown(text: str) -> RenderableType:
    from rich.markdown import Markdown  # noqa: PLC0415 - other commands would pay a fifth of their imports for it

    return Markdown(text, hyperlinks=False)


def _facts(lesson: Lesson) -> str:
    servers = f", on {', '.join(lesson.services)}" if lesson.services else ", no server"
    return f"{lesson.minutes} minutes, {lesson.level}{servers}. To edit: {', '.join(lesson.edit)}"


def _changed_notes(lessons: list[Lesson], standing: Standing) -> list[str]:
    return [_changed_note(lesson) for lesson in lessons if standing[lesson.slug].state == "changed"]


def _changed_note(lesson: Lesson) -> str:
    told = f"`pytest lessons/{lesson.number}` tells whether your answer still holds."
    return f"The course changed lesson {lesson.number} after you solved it: {told}"


def _edited_notes(lessons: list[Lesson]) -> list[str]:
    return [
        f"{_short(lesson, path)} is not the course's file, so its verdict does not count:"
        f" `kata reset {lesson.number} --tests` puts it back."
        for lesson in lessons
        for path in starter.edited_judges(lesson)
    ]


def _short(lesson: Lesson, file: str) -> str:
    return (lesson.folder / file).relative_to(project_root()).as_posix()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
