"""The gate: the course checks itself, by reading every lesson and by running it under each of its overlays."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from docfliq_katas import catalogue, overlay, rulebook, starter
from docfliq_katas.check import contract, lint, mutants, page, placeholder, runs, steady, testfile, variants
from docfliq_katas.check.runs import Verdict
from docfliq_katas.check.summary import Findings
from docfliq_katas.check.violation import Published, Violation
from docfliq_katas.errors import Misuse
from docfliq_katas.state import write_atomic
from docfliq_katas.trace.telling import telling
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

__all__ = ["Verdict", "Violation", "check", "check_mutants", "check_steadiness"]

_BATCH = 16  # lessons whose throw-away copies lie on the disk together


def check(queries: Sequence[str], *, as_json: bool = False, record: bool = False, sealed: bool = False) -> int:
    """Check the lessons that `queries` name, or all of them; print what is wrong and return 0 (green) or 1 (red).

    Args:
        queries: Lessons, as `catalogue.find` understands them.
        as_json: Print one JSON document with every verdict instead of lines.
        record: First seal the starters, and write the golden messages of starters and rejected variants.
        sealed: Treat a working copy that differs from its seal as a violation, not as a learner's work.

    Raises:
        Misuse: a query names no lesson, or the machine cannot run the gate (no git, a broken server, a full disk).

    """
    started = time.monotonic()
    findings = Findings(_chosen(queries))
    seals = _seal(findings.lessons) if record else {}
    published = examine(findings, sealed=sealed)
    if published:
        _run(published, findings, record=record)
    _unseal(seals, findings)
    findings.sort()
    seconds = round(time.monotonic() - started, 1)
    print(findings.document(seconds) if as_json else findings.lines(seconds))  # noqa: T201 - this is the output
    return 1 if findings.violations else 0


def check_steadiness(queries: Sequence[str], *, repeat: int, shuffle: bool = False, load: bool = False) -> int:
    """Run the lessons that `queries` name `repeat` times; return 0 when every verdict is unanimous, else 1.

    Raises:
        Misuse: a query names no lesson, or a lesson cannot be read.

    """
    names = _chosen(queries)
    found = steady.rounds([catalogue.find(name) for name in names], repeat=repeat, shuffle=shuffle, load=load)
    lines = steady.report(found)
    total = sum(map(len, found.values()))
    print("\n".join([*lines, f"{total} runs in {repeat} rounds: {len(lines) or 'all unanimous, none'} not steady"]))  # noqa: T201 - this is the output
    return 1 if lines else 0


def check_mutants(queries: Sequence[str]) -> int:
    """Run the tests of lessons over mutants of their references; return 0 when nothing is left to say, else 1.

    Every survivor has its reason, and every reason its survivor. Over the whole course 98 % of the mutants are
    killed, without those that are no fault.

    Raises:
        Misuse: a query names no lesson, or a lesson cannot be read.

    """
    names = _chosen(queries)
    found = []
    for score in mutants.scores([catalogue.find(name) for name in names]):
        found.append(score)
        for line in [*(f"lessons/{score.lesson}: {problem}" for problem in score.problems), str(score)]:
            print(line, flush=True)  # noqa: T201 - this is the output
    reached = mutants.percentage(found)
    whole = names == _chosen([])
    print(f"{reached:.1f} % killed; the floor is {mutants.FLOOR:.0f} % over the whole course")  # noqa: T201
    below = whole and reached < mutants.FLOOR
    return 1 if below or any(score.problems for score in found) else 0


def examine(findings: Findings, *, sealed: bool = False) -> list[Published]:
    """Add what is wrong with the files of the lessons in `findings`, and return those that can be run: no drafts."""
    course = list(_readable(findings))
    chosen = [lesson for lesson in course if lesson.name in findings.lessons]
    chapters, book, planned = [chapter.key for chapter in catalogue.chapters()], rulebook.lines(), rulebook.planned()
    found = [published for lesson in chosen for published in _published(lesson, findings, sealed=sealed)]
    for published in found:
        name = published.lesson.name
        findings.add(name, contract.problems(published, course, chapters, book, planned))
        findings.add(name, testfile.problems(published))
        findings.add(name, variants.problems(published))
        findings.add(name, page.problems(published.lesson))
        findings.add(name, placeholder.problems(published))
    return [published for published in found if not starter.is_draft(published.lesson)]


def _chosen(queries: Sequence[str]) -> list[str]:
    """Return the folder names that the queries mean, in order; of all lessons where there is no query."""
    if not queries:
        return [folder.name for folder in catalogue.folders()]
    return sorted({catalogue.folder_name(query) or catalogue.find(query).name for query in queries})


def _readable(findings: Findings) -> Iterator[Lesson]:
    """Yield every lesson of the course whose lesson.toml can be read."""
    for folder in catalogue.folders():
        try:
            yield catalogue.read(folder)
        except Misuse as error:
            if folder.name in findings.lessons:
                findings.add(folder.name, [str(error).removeprefix(f"lessons/{folder.name}/")])


def _published(lesson: Lesson, findings: Findings, *, sealed: bool) -> Iterator[Published]:
    """Yield the lesson as it was sealed, a draft as it lies there; a seal that cannot be read is a violation."""
    try:
        edited = starter.edited(lesson)
        files = starter.original(lesson)
    except Misuse as error:
        findings.add(lesson.name, [str(error)])
        if starter.is_draft(lesson):
            yield Published(lesson, starter.files(lesson.folder))
        return
    if edited and sealed:
        again = f"take the edits back, or seal them with `kata check {lesson.number} --record`"
        findings.add(lesson.name, [f"{', '.join(edited)} differs from {starter.SEAL}; {again}"])
    elif edited:
        words = f"you have edited {', '.join(edited)}; the sealed starter was checked instead"
        findings.notes.append(f"lessons/{lesson.name}: note: {words}")
    if "lesson.toml" in edited:
        with overlay.throw_away_copy(lesson, overlay.STARTER) as folder:
            lesson = catalogue.read(folder).model_copy(update={"folder": lesson.folder})
    yield Published(lesson, files)


def _run(published: Sequence[Published], findings: Findings, *, record: bool) -> None:
    workers = (os.cpu_count() or 1) + 1  # runs wait for servers and partners now and then
    runs.start_servers([item.lesson for item in published])
    total = sum(len(runs.overlays(item.lesson)) for item in published)
    for first in range(0, len(published), _BATCH):
        batch = published[first : first + _BATCH]
        _say(f"types and lint of {', '.join(item.lesson.name for item in batch)}")
        findings.violations += lint.problems(batch, workers=workers)
        if first == 0:
            libraries.warm_up()
        for verdict in runs.verdicts(batch, workers=workers, record=record):
            findings.verdicts.append(verdict)
            findings.add(verdict.lesson, verdict.problems)
            done = f"{len(findings.verdicts)}/{total}"
            _say(f"{done} {verdict.lesson} {verdict.overlay}: {verdict.outcome}, {verdict.seconds:.2f} s")
        _look_at_figures(batch, findings)


def _look_at_figures(batch: Sequence[Published], findings: Findings) -> None:
    """Compare pages with what was recorded, where starter and reference are as declared."""
    traces = {(one.lesson, one.overlay): one.traces for one in findings.verdicts if not one.problems}
    for item in batch:
        name = item.lesson.name
        before, after = (traces.get((name, shown)) for shown in runs.SHOWN)
        if before is not None and after is not None:
            drawable = telling(item.lesson, before, after) is not None
            findings.add(name, page.problems_of_picture(item.lesson, drawable=drawable))


def _seal(names: Sequence[str]) -> dict[Path, str | None]:
    """Seal the starters as they are now; return each seal's path and what it said before."""
    before: dict[Path, str | None] = {}
    for folder in catalogue.folders():
        if folder.name in names:
            with contextlib.suppress(Misuse):  # a lesson.toml that cannot be read is reported with the rest
                lesson = catalogue.read(folder)
                path = lesson.solution / starter.SEAL
                before[path] = path.read_text(encoding="utf-8") if path.exists() else None
                starter.seal(lesson)
    return before


def _unseal(seals: dict[Path, str | None], findings: Findings) -> None:
    """Put the former seal back where the starter is green: that is a solved lesson, not a starter."""
    starters = [verdict for verdict in findings.verdicts if verdict.overlay == overlay.STARTER]
    green = {verdict.lesson for verdict in starters if set(verdict.tests.values()) == {"passed"}}
    for path, before in seals.items():
        if path.parent.name in green and before is None:
            path.unlink()
        elif path.parent.name in green and before is not None:
            write_atomic(path, before)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress
