"""Verdicts of runs: the starter is red as declared, right answers are green, wrong answers are refused by name."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from docfliq_katas import known, overlay, runner, services
from docfliq_katas.check import golden, variants
from docfliq_katas.check.violation import first_line
from docfliq_katas.trace import take

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.check.violation import Published
    from docfliq_katas.runner import Run
    from docfliq_katas.trace.model import Trace

SHOWN = (overlay.STARTER, overlay.REFERENCE)
"""The overlays whose runs the pages show. The gate records them; `steady` runs them without that, as learners do."""


@dataclass(frozen=True)
class Verdict:
    """What one run of a lesson with one overlay came to.

    Attributes:
        lesson: The lesson's folder name.
        overlay: `starter`, `reference`, `accepted/<name>` or `rejected/<name>`.
        tests: The outcome of each test: `passed`, `failed` or `error`.
        problems: What is not as declared; empty when all is.
        seconds: Wall time of the run.
        traces: What happened in each test, of a run that pages show and that is as declared.

    """

    lesson: str
    overlay: str
    tests: dict[str, str]
    problems: tuple[str, ...]
    seconds: float
    traces: tuple[Trace, ...] = field(default=(), repr=False)

    @property
    def outcome(self) -> str:
        """The verdict in two words."""
        return "NOT as declared" if self.problems else "as declared"


def start_servers(lessons: Sequence[Lesson]) -> None:
    """Start the servers that the lessons need, once and before any run waits for them."""
    for name in sorted({service for lesson in lessons for service in lesson.services}):
        services.BY_NAME[name].server()


def overlays(lesson: Lesson) -> list[str]:
    """Return the overlays under which the gate runs the lesson."""
    kinds = (variants.ACCEPTED, variants.REJECTED)
    found = [name for kind in kinds for name in overlay.variants(lesson, kind)]
    return [
        overlay.STARTER,
        *(name for name in [overlay.REFERENCE, *found] if variants.files(lesson, name)),
    ]


def verdicts(course: Sequence[Published], *, workers: int, record: bool) -> Iterator[Verdict]:
    """Run every lesson under each of its overlays, each in a forked process of its own; yield as they end.

    Args:
        course: The lessons.
        workers: How many run at a time.
        record: Write the golden messages of the starter and of rejected variants, instead of comparing with them.

    """
    with ExitStack() as copies, known.plain_terminal():
        jobs: dict[Path, tuple[Published, str]] = {}
        for published, name in _mixed(course):
            folder = copies.enter_context(overlay.throw_away_copy(published.lesson, name))
            jobs[folder] = (published, name)
        shown = {folder: take.recording(folder) for folder, (_, name) in jobs.items() if name in SHOWN}
        for folder, run in runner.run_all(list(jobs), workers=workers, extra=lambda folder: shown.get(folder, ())):
            published, name = jobs[folder]
            problems = tuple(judge(published, name, run, record=record))
            traces: tuple[Trace, ...] = ()
            if folder in shown and not problems:
                traces = take.recorded(folder)
                known.remember(folder, name, known.Known(run, traces))
            tests = {test.name: test.outcome for test in run.tests} | dict.fromkeys(run.red, "failed")
            yield Verdict(published.lesson.name, name, tests, problems, round(run.seconds, 3), traces)


def _mixed(course: Sequence[Published]) -> list[tuple[Published, str]]:
    """Return every run, lessons in turn: those that wait for processes stand beside those that compute."""
    turns = zip_longest(*([(published, name) for name in overlays(published.lesson)] for published in course))
    return [run for turn in turns for run in turn if run]


def judge(published: Published, name: str, run: Run, *, record: bool = False) -> Iterator[str]:
    """Yield what is wrong with the run of a lesson under the overlay `name`."""
    if run.problem:
        yield f"{name} cannot be run: {first_line(run.problem)}; repair it"
    elif name == overlay.STARTER:
        problems = list(_starter(published.lesson, run))
        yield from problems or _golden(published.lesson, name, published.lesson.solution, run, record=record)
    elif name.startswith(variants.REJECTED):
        yield from _rejected(published.lesson, name, run, record=record)
    else:
        for test, message in run.red.items():
            yield f"{name} is red in {test} ({_seen(message)}); a right answer is green, so repair one of them"


def _starter(lesson: Lesson, run: Run) -> Iterator[str]:
    for test in sorted(run.red.keys() - lesson.red.keys()):
        yield f"starter is red in {test}, which `red` does not declare ({_seen(run.red[test])}); declare or repair it"
    ran = {test.name for test in run.tests}
    for test, fragment in lesson.red.items():
        if test in ran and test not in run.red:
            yield f"starter is green in {test}, which `red` declares; make the fault visible to it"
        elif test in ran and _joined(fragment) not in _joined(run.red[test]):
            yield f"starter is red in {test} without saying {fragment!r} ({_seen(run.red[test])}); change one of them"


def _rejected(lesson: Lesson, name: str, run: Run, *, record: bool) -> Iterator[str]:
    if run.green:
        yield f"{name} is green; a wrong answer must be refused, so sharpen the tests or drop the variant"
        return
    declared = variants.rejected(lesson, name)
    fails = set(declared.fails) if declared else set(run.red)
    for test in sorted(run.red.keys() - fails):
        yield f"{name} is red in {test}, which its variant.toml does not declare ({_seen(run.red[test])}); declare it"
    for test in sorted(fails - run.red.keys()):
        yield f"{name} is green in {test}, which its variant.toml declares; sharpen the test or take it out"
    yield from _golden(lesson, name, lesson.solution / name, run, record=record)


def _golden(lesson: Lesson, name: str, folder: Path, run: Run, *, record: bool) -> Iterator[str]:
    """Compare what a learner reads with what was recorded, or record it."""
    if record:
        golden.write(folder, run.red)
        return
    expected = golden.read(folder)
    again = f"if the new words are right, `kata check {lesson.number} --record`"
    if expected is None:
        yield f"{name} has no golden.txt; `kata check {lesson.number} --record` writes it"
    elif difference := golden.difference(expected, run.red):
        yield f"{name}: {difference}; {again}"


def _seen(message: str) -> str:
    """Return the heart of a teaching report in a few words: what was seen."""
    saw = re.search(r"^saw .*(?:\n {12,}.*)*", golden.normalise(message), re.MULTILINE)
    return _joined(saw[0] if saw else first_line(message))


def _joined(text: str) -> str:
    return " ".join(text.split())
