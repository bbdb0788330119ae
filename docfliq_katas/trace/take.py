"""Take the trace of a lesson: run it in a throw-away copy, with the recording plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas import overlay as overlays
from docfliq_katas import runner, warm
from docfliq_katas.errors import Misuse
from docfliq_katas.trace.model import from_json

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.trace.model import Trace


def take(lesson: Lesson, overlay: str, test: str | None = None) -> tuple[Trace, ...]:
    """Run the lesson with `overlay` laid over it and return a trace of each test, in the order of the file.

    Args:
        lesson: The lesson.
        overlay: What is laid over it; see `overlay.overlay_files`.
        test: The only test to run, with or without the id of its parameters; by default all of them.

    Raises:
        Misuse: the slice cannot be imported, or the run did not come to its end.

    """
    with overlays.throw_away_copy(lesson, overlay) as folder:
        extra = [*recording(folder), *([f"--trace-test={test}"] if test else [])]
        result = runner.run(folder, extra=extra, begin=warm.hosted)
        if result.problem or not _file(folder).exists():
            problem = (result.problem or "the run ended early").strip().splitlines()[0]
            raise Misuse(f"lesson {lesson.number} with {_files(overlay)} did not run: {problem}")
        return recorded(folder)


def recording(folder: Path) -> list[str]:
    """Return pytest's arguments that record what happens in a run of the throw-away copy `folder`."""
    return ["-p", "docfliq_katas.trace.record", f"--trace-to={_file(folder)}"]


def recorded(folder: Path) -> tuple[Trace, ...]:
    """Return a trace of each test of such a run, in the order of the file; none where it did not come to its end."""
    file = _file(folder)
    return from_json(file.read_bytes()) if file.exists() else ()


def full_name(lesson: Lesson, query: str) -> str:
    """Return the name of the test that `query` means, with the id if it has one; the name itself may be a part only.

    Raises:
        Misuse: no test answers to the query, or several do.

    """
    name, bracket, parameters = query.rpartition("::")[2].partition("[")
    if name in lesson.tests:
        return f"{name}{bracket}{parameters}"
    found = [test for test in lesson.tests if name and name in test]
    if len(found) == 1:
        return f"{found[0]}{bracket}{parameters}"
    known = f"several tests are called so: {', '.join(found)}" if found else f"they are {', '.join(lesson.tests)}"
    raise Misuse(f"no test {query!r} in lesson {lesson.number}: {known}")


def choose(lesson: Lesson, traces: tuple[Trace, ...], name: str | None = None) -> Trace:
    """Return the trace to draw: of the test asked for, else of the first red goal test, else the first with requests.

    Raises:
        Misuse: the test made no request, or no test did.

    """
    mine = [trace for trace in traces if name in {None, trace.test, trace.function}]
    if not mine and name:
        raise Misuse(f"no test {name!r} in lesson {lesson.number}: they are {', '.join(one.test for one in traces)}")
    drawable = [trace for trace in mine if trace.requests]
    if not drawable:
        who = f"{name} made no request" if name else f"no test of lesson {lesson.number} made a request"
        raise Misuse(f"{who} through `serve`: there is nothing to draw")
    red = [trace for trace in drawable if trace.outcome != "passed" and (name or trace.function in lesson.red)]
    return (red or drawable)[0]


def _file(folder: Path) -> Path:
    return folder.parent / "trace.json"


def _files(overlay: str) -> str:
    return "your files" if overlay == overlays.MINE else overlay
