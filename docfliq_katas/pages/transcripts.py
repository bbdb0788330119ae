"""What a learner sees in the terminal, captured from real runs and freed of what differs between two of them."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from docfliq_katas import known, overlay, runner
from docfliq_katas.check import golden
from docfliq_katas.check.runs import SHOWN
from docfliq_katas.errors import Misuse
from docfliq_katas.known import Known
from docfliq_katas.trace import take
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.runner import Run

_WIDTH = 80
_PROGRESS = re.compile(r"(?P<letters>[.FEsxX]*)\s*\[\s*\d+%\]")
_CHANGING = (
    (re.compile(r"\b0x[0-9a-f]{4,}\b"), "0x…"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "a UUID"),
    (re.compile(r"\bkata_[0-9a-z_]*\d[0-9a-z_]*\b"), "kata_…"),
)
_SECONDS = re.compile(r"(?<![\w.])(\d+\.\d{2,}) s\b")


def run_overlays(wanted: Iterable[tuple[Lesson, str]]) -> dict[tuple[str, str], Known]:
    """Return what comes out of each lesson with its overlay: (slug, overlay) -> run, with traces of what is shown.

    What has not changed since its last run is not run again.
    """
    with ExitStack() as copies, known.plain_terminal():
        folders = {
            copies.enter_context(overlay.throw_away_copy(lesson, name)): (lesson, name) for lesson, name in wanted
        }
        found = {folder: one for folder, (_, name) in folders.items() if (one := known.recall(folder, name))}
        missing = {folder: name in SHOWN for folder, (_, name) in folders.items() if folder not in found}
        for folder, run in _runs(missing):
            found[folder] = Known(run, take.recorded(folder))
            if run.green is (folders[folder][1] == overlay.REFERENCE):
                known.remember(folder, folders[folder][1], found[folder])
        return {(lesson.slug, name): found[folder] for folder, (lesson, name) in folders.items()}


def session(lesson: Lesson, run: Run) -> str:
    """Return the run as the terminal shows `pytest lessons/NN`, the same text for every run with the same verdict.

    Left out are pytest's first line and the time it took; paths are those of the learner's own folder.
    """
    shown = re.sub(rf"\S*{re.escape(lesson.name)}/(?=test_)", f"lessons/{lesson.name}/", run.output)
    lines = [line.rstrip() for line in shown.splitlines() if "test session starts" not in line]
    lines = _one_progress_line([_without_time(line) for line in lines])
    return f"$ pytest lessons/{lesson.number}\n" + normalised("\n".join(lines).strip())


def messages(run: Run) -> dict[str, str]:
    """Return what refuses the run: the report of each red test, by the test's name."""
    if run.problem:
        return {"the import": normalised(run.problem)}
    return {test: normalised(text) for test, text in run.red.items()}


def recorded(lesson: Lesson, name: str) -> dict[str, str]:
    """Return the recorded messages of a rejected variant, as the terminal shows them; {} for none."""
    found = golden.read(lesson.solution / name) or {}
    return {test: re.sub(r"<[a-z]+>", "…", text) for test, text in found.items()}


def normalised(text: str) -> str:
    """Return the text without what changes from run to run: addresses, ids, databases, hundredths of seconds."""
    for pattern, replacement in _CHANGING:
        text = pattern.sub(replacement, text)
    return _SECONDS.sub(lambda found: f"{float(found[1]):.1f} s", text)


def expect_red(lesson: Lesson, name: str, run: Run) -> None:
    """Refuse to write a page about a starter or a rejected variant that is green.

    Raises:
        Misuse: it is.
    """
    if run.green:
        raise Misuse(f"lesson {lesson.number}: {name} is green; `kata check {lesson.number}` says more")


def expect_green(lesson: Lesson, name: str, run: Run) -> None:
    """Refuse to write a page about a reference that is not green.

    Raises:
        Misuse: it is not.
    """
    if not run.green:
        raise Misuse(f"lesson {lesson.number}: {name} is not green; `kata check {lesson.number}` says more")


def _runs(folders: Mapping[Path, bool]) -> Iterable[tuple[Path, Run]]:
    """Run throw-away copies, and record those for which that is True."""
    if not folders:
        return []
    libraries.warm_up()
    extra = {folder: take.recording(folder) for folder, recorded in folders.items() if recorded}
    return runner.run_all(list(folders), workers=os.cpu_count() or 1, extra=lambda folder: extra.get(folder, ()))


def _one_progress_line(lines: list[str]) -> list[str]:
    """Join the dots of a test file that a long path broke into several lines."""
    joined: list[str] = []
    head = ""
    letters = ""
    for line in lines:
        path, _, rest = line.partition(" ") if line.startswith("lessons/") else ("", "", line)
        found = _PROGRESS.fullmatch(rest)
        if found is None:
            joined.append(line)
            continue
        head, letters = path or head, letters + found["letters"]
        if "[100%]" in line:
            joined.append(f"{head} {letters} ".ljust(_WIDTH - 6) + "[100%]")
    return joined


def _without_time(line: str) -> str:
    found = re.fullmatch(r"=+ (.*) in \d+\.\d+s(?: \(.*\))? =+", line)
    return f" {found[1]} ".center(_WIDTH, "=") if found else line
