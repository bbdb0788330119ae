"""The mutation floor: small changes of a reference that the lesson's tests must notice.

A survivor is a change that no test notices. `solutions/NN_slug/survivors.toml` lists those that are no fault,
each with its reason: `"src/posts/service.py latest_posts: without .order_by(…)" = "why that is right as well"`.
"""

from __future__ import annotations

import os
import sys
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas import overlay, runner
from docfliq_katas.check import runs
from docfliq_katas.check.mutation import mutants
from docfliq_katas.errors import Misuse
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

FILE = "survivors.toml"
FLOOR = 98.0  # percent, over all lessons that are checked
_BATCH = 40  # throw-away copies that lie on the disk together


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one lesson.

    Attributes:
        lesson: The lesson's folder name.
        killed: How many mutants a test noticed.
        survivors: The names of those that none noticed, with file and line.
        excused: The reasons that the lesson gives, by the survivor's name.

    """

    lesson: str
    killed: int
    survivors: dict[str, int]
    excused: dict[str, str]

    @property
    def total(self) -> int:
        """How many mutants there were."""
        return self.killed + len(self.survivors)

    @property
    def problems(self) -> list[str]:
        """What is wrong: survivors without a reason, and reasons without a survivor."""
        unexcused = [
            f"{name} (line {line}) survives; sharpen a test, or give the reason in {FILE}"
            for name, line in self.survivors.items()
            if name not in self.excused
        ]
        stale = [f"{FILE} excuses {name}, which does not survive" for name in self.excused.keys() - self.survivors]
        return sorted(unexcused) + sorted(stale)


def percentage(found: Sequence[Score]) -> float:
    """Return how many of all mutants were killed or excused, in percent; 100 where there was none."""
    total = sum(score.total for score in found)
    open_ = sum(len(score.survivors.keys() - score.excused) for score in found)
    return 100.0 * (total - open_) / total if total else 100.0


def scores(lessons: Sequence[Lesson]) -> Iterator[Score]:
    """Run the tests of each lesson over every mutant of its reference and yield what became of them."""
    runs.start_servers(lessons)
    libraries.warm_up()
    for lesson in lessons:
        killed, survivors = 0, {}
        changed = [
            (f"{path} {mutant.name}", mutant.line, path, mutant.source)
            for path, data in sorted(overlay.overlay_files(lesson, overlay.REFERENCE).items())
            if path.endswith(".py")
            for mutant in mutants(data.decode())
        ]
        for first in range(0, len(changed), _BATCH):
            for (name, line, *_), survived in _batch(lesson, changed[first : first + _BATCH]):
                if survived:
                    survivors[name] = line
                else:
                    killed += 1
            _say(f"{lesson.name}: {killed + len(survivors)} of {len(changed)} mutants, {len(survivors)} survive")
        yield Score(lesson.name, killed, survivors, _excused(lesson))


def _batch(
    lesson: Lesson, changed: list[tuple[str, int, str, str]]
) -> Iterator[tuple[tuple[str, int, str, str], bool]]:
    with ExitStack() as copies:
        jobs: dict[Path, tuple[str, int, str, str]] = {}
        for mutant in changed:
            folder = copies.enter_context(overlay.throw_away_copy(lesson, overlay.REFERENCE))
            (folder / mutant[2]).write_text(mutant[3], encoding="utf-8")
            jobs[folder] = mutant
        for folder, run in runner.run_all(list(jobs), workers=os.cpu_count() or 1, extra=["--exitfirst"]):
            yield jobs[folder], run.green


def _excused(lesson: Lesson) -> dict[str, str]:
    path = lesson.solution / FILE
    if not path.exists():
        return {}
    try:
        return {name: str(reason) for name, reason in tomllib.loads(path.read_text(encoding="utf-8")).items()}
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"solutions/{lesson.name}/{FILE} is not valid TOML: {error}") from None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress
