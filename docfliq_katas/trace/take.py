"""Take the trace of a lesson: run it in a throw-away copy, with the recording plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas import overlay as overlays
from docfliq_katas import runner, warm
from docfliq_katas.errors import Misuse
from docfliq_katas.trace.model import from_json

if TYPE_CHECKING:
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
        file = folder.parent / "trace.json"
        extra = ["-p", "docfliq_katas.trace.record", f"--trace-to={file}"]
        extra += [f"--trace-test={test}"] if test else []
        result = runner.run(folder, extra=extra, begin=warm.hosted)
        if result.problem or not file.exists():
            problem = (result.problem or "the run ended early").strip().splitlines()[0]
            raise Misuse(f"lesson {lesson.number} with {_files(overlay)} did not run: {problem}")
        return from_json(file.read_bytes())


def function_of(lesson: Lesson, query: str) -> str:
    """Return the name of the test function that `query` means: its name, with or without an id, or a part of it.

    Raises:
        Misuse: no test answers to the query, or several do.

    """
    name = query.rpartition("::")[2].partition("[")[0]
    if name in lesson.tests:
        return name
    found = [test for test in lesson.tests if name and name in test]
    if len(found) == 1:
        return found[0]
    known = f"several tests are called so: {', '.join(found)}" if found else f"they are {', '.join(lesson.tests)}"
    raise Misuse(f"no test {query!r} in lesson {lesson.number}: {known}")


def choose(lesson: Lesson, traces: tuple[Trace, ...], query: str | None = None) -> Trace:
    """Return the trace to draw: of the test asked for, else of the first red goal test, else the first with requests.

    Raises:
        Misuse: the test made no request, or no test did.

    """
    drawable = [trace for trace in traces if trace.requests]
    if query:
        identified = [trace for trace in traces if trace.test == query.rpartition("::")[2]]
        if "[" in query and not identified:
            raise Misuse(f"no test {query!r} in lesson {lesson.number}: they are {', '.join(t.test for t in traces)}")
        drawable = [trace for trace in identified or traces if trace.requests]
    red = [trace for trace in drawable if trace.outcome != "passed" and (query or trace.function in lesson.red)]
    if not drawable:
        who = f"{traces[0].function} made" if query and traces else f"no test of lesson {lesson.number} made"
        raise Misuse(f"{who} {'no' if query and traces else 'a'} request through `serve`: there is nothing to draw")
    return (red or drawable)[0]


def _files(overlay: str) -> str:
    return "your files" if overlay == overlays.MINE else overlay
