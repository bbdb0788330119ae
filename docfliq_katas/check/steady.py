"""Is the verdict always the same: many rounds of every run, in random order, with the processors busy.

Every second round spreads the tests of a run over processes, as `kata watch` and `kata test` do.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from docfliq_katas import overlay, runner
from docfliq_katas.check import runs
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run

Verdicts = dict[tuple[str, str], list[str]]
"""(lesson, overlay) -> one verdict in words for each round."""


def rounds(
    lessons: Sequence[Lesson], *, repeat: int, shuffle: bool, load: bool, only: Collection[str] = ()
) -> Verdicts:
    """Run every lesson under each of its overlays `repeat` times and return all verdicts.

    Args:
        lessons: The lessons.
        repeat: How many rounds.
        shuffle: Mix the runs of a round, and the tests of each run.
        load: Keep every processor busy with something else meanwhile.
        only: Overlays to take; all of them by default.

    """
    runs.start_servers(lessons)
    libraries.warm_up()
    found: Verdicts = defaultdict(list)
    with ExitStack() as stack:
        jobs = {
            stack.enter_context(overlay.throw_away_copy(lesson, name)): (lesson.name, name)
            for lesson in lessons
            for name in runs.overlays(lesson)
            if not only or name in only
        }
        _say(f"{repeat} rounds of {len(jobs)} runs")
        if load:
            stack.enter_context(_busy_processors())
        told: set[tuple[str, str]] = set()
        for number in range(1, repeat + 1):
            for folder, run in _round(list(jobs), number, shuffle=shuffle):
                found[jobs[folder]].append(_verdict(run))
            differ = {job for job, verdicts in found.items() if len(set(verdicts)) > 1}
            _say(*report({job: found[job] for job in differ - told}))
            _say(f"round {number} of {repeat}: {len(differ)} of {len(jobs)} verdicts not unanimous")
            told |= differ
    return found


def report(found: Verdicts) -> list[str]:
    """Return one line for every verdict that was not the same in all rounds."""
    lines = []
    for (lesson, name), verdicts in sorted(found.items()):
        kinds = sorted(set(verdicts), key=lambda kind: (-verdicts.count(kind), kind))
        if len(kinds) > 1:
            counted = "; ".join(f"{verdicts.count(kind)} times {kind}" for kind in kinds)
            lines.append(f"lessons/{lesson}: {name} is not steady: {counted}")
    return lines


def _round(folders: list[Path], number: int, *, shuffle: bool) -> Iterator[tuple[Path, Run]]:
    extra = [runner.SPREAD] if number % 2 == 0 else []
    if shuffle:
        random.Random(number).shuffle(folders)  # noqa: S311 - an order that can be repeated, not a secret
        extra.append(f"--shuffle={number}")
    return runner.run_all(folders, workers=os.cpu_count() or 1, extra=extra)


def _verdict(run: Run) -> str:
    if run.problem:
        lines = run.problem.strip().splitlines()
        return f"no verdict ({lines[-1] if lines[0].startswith('Traceback') else lines[0]})"
    return f"red in {', '.join(sorted(run.red))}" if run.red else "green"


@contextmanager
def _busy_processors() -> Iterator[None]:
    burn = [sys.executable, "-c", f"import os\nwhile os.getppid() == {os.getpid()}: pass"]
    burning = [subprocess.Popen(burn) for _ in range(os.cpu_count() or 1)]  # noqa: S603 - our own interpreter
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - progress
