"""What happens during runs, as one JSON object a line, for editors and other programs."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from docfliq_katas import excerpt
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run, Test

Event = dict[str, Any]


@contextmanager
def stream() -> Iterator[Callable[[Event], None]]:
    """Return a function that writes an event to stdout; whatever else is said meanwhile goes to stderr."""
    out = sys.stdout

    def emit(event: Event) -> None:
        out.write(json.dumps(event, ensure_ascii=False) + "\n")
        out.flush()

    with redirect_stdout(sys.stderr):
        yield emit


def begun(lesson: Lesson) -> Event:
    """Return the event that a run has begun: {event, lesson}."""
    return {"event": "run", "lesson": lesson.name}


def tested(lesson: Lesson, test: Test) -> Event:
    """Return the event for one test: {event, lesson, name, outcome, message, file, line}.

    The outcome is `passed`, `failed` or `error`; file (from the root of the course) and line are the place to look at,
    or null.
    """
    return {"event": "test", "lesson": lesson.name, **_facts(lesson, test)}


def ended(lesson: Lesson, run: Run) -> Event:
    """Return the event that a run has ended: {event, lesson, verdict, problem, seconds, inside}.

    The verdict is `green`, `red` or `none`, and a problem says why there is none; inside is the part of the seconds
    that passed inside the tests.
    """
    verdict = "green" if run.green else "red" if run.red else "none"
    return {
        "event": "verdict",
        "lesson": lesson.name,
        "verdict": verdict,
        "problem": run.problem.strip() if run.problem else None,
        "seconds": round(run.seconds, 3),
        "inside": round(run.inside, 3),
    }


def path_lines(lesson: Lesson, run: Run) -> list[str]:
    """Return a line for each red test that editors understand: `file:line: red: what was seen`."""
    lines = []
    for test in run.tests:
        facts = _facts(lesson, test)
        if test.outcome != "passed" and facts["file"]:
            lines.append(f"{facts['file']}:{facts['line']}: red: {test.name}: {excerpt.in_a_line(test.message)}")
    return lines


def _facts(lesson: Lesson, test: Test) -> Event:
    place = excerpt.place(test.message) if test.outcome != "passed" else None
    folder = lesson.folder.relative_to(project_root()).as_posix()
    return {
        "name": test.name,
        "outcome": test.outcome,
        "message": test.message,
        "file": f"{folder}/{place[0]}" if place else None,
        "line": place[1] if place else None,
    }
