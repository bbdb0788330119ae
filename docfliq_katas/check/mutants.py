"""The mutation floor: small changes of a reference that the lesson's tests must notice.

A survivor is a change that no test notices. `solutions/NN_slug/survivors.toml` gives the reason for each, in one of
two tables: `equal` has those that leave the slice as right as it was, `unseen` the faults that the lesson does not
look for. An entry is `"src/posts/service.py latest_posts: without .order_by(…)" = "why"`.
"""

from __future__ import annotations

import os
import sys
import tomllib
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

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
FLOOR = 98.0  # percent, over the whole course
_BATCH = 40  # throw-away copies that lie on the disk together


class _Reasons(BaseModel):
    """What survivors.toml holds: name -> reason, in two tables."""

    model_config = ConfigDict(extra="forbid")

    equal: dict[str, str] = {}
    unseen: dict[str, str] = {}


@dataclass(frozen=True)
class Score:
    """What became of the mutants of one lesson.

    Attributes:
        lesson: The lesson's folder name.
        killed: How many mutants a test noticed.
        survivors: The names of those that none noticed, with their lines.
        equal: Those of them that are no fault: name -> reason.
        unseen: Those of them that are a fault, but not one that the lesson looks for: name -> reason.

    """

    lesson: str
    killed: int
    survivors: dict[str, int]
    equal: dict[str, str]
    unseen: dict[str, str]

    @property
    def faults(self) -> int:
        """How many mutants there were, without those that are no fault."""
        return self.killed + len(self.survivors.keys() - self.equal)

    @property
    def problems(self) -> list[str]:
        """What is wrong: survivors without a reason, and reasons without a survivor."""
        reasons = self.equal | self.unseen
        open_ = [
            f"{name} (line {line}) survives; sharpen a test, or give the reason in {FILE}"
            for name, line in self.survivors.items()
            if name not in reasons
        ]
        stale = [f"{FILE} has {name}, which does not survive" for name in reasons.keys() - self.survivors]
        return sorted(open_) + sorted(stale)

    def __str__(self) -> str:
        """Say how many were noticed."""
        kept = f"; {len(self.equal)} more are no fault" if self.equal else ""
        return f"{self.lesson}: {self.killed} of {self.faults} mutants killed{kept}"


def percentage(found: Sequence[Score]) -> float:
    """Return how many of all faults were killed, in percent; 100 where there was none."""
    total = sum(score.faults for score in found)
    return 100.0 * sum(score.killed for score in found) / total if total else 100.0


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
        reasons = _reasons(lesson)
        yield Score(lesson.name, killed, survivors, reasons.equal, reasons.unseen)


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


def _reasons(lesson: Lesson) -> _Reasons:
    path = lesson.solution / FILE
    try:
        return _Reasons.model_validate(tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        wants = "it has the tables [equal] and [unseen], each with reasons by name"
        said = str(error).splitlines()[0]
        raise Misuse(f"solutions/{lesson.name}/{FILE} cannot be read ({said}): {wants}") from None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - progress
