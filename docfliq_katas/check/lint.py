"""Types and lint of a slice: clean on starter and reference, but for the codes that a lesson declares."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docfliq_katas import overlay
from docfliq_katas.check.violation import Violation, first_line
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root, state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docfliq_katas.check.violation import Published

_OVERLAYS = (overlay.STARTER, overlay.REFERENCE)


@dataclass(frozen=True)
class Finding:
    """What a linter says of one line: `code` is such as `ruff:ASYNC251` or `mypy:unused-coroutine`."""

    code: str
    file: str
    line: int
    message: str


def problems(course: Sequence[Published], *, workers: int) -> Iterator[Violation]:
    """Yield what ruff and mypy say of the starters and the references, beyond what the lessons declare."""
    with ExitStack() as copies:
        jobs = {
            copies.enter_context(overlay.throw_away_copy(published.lesson, name)): (published, name)
            for published in course
            for name in _OVERLAYS
        }
        folders = list(jobs)
        ruff = _by_folder(_ruff(folders), folders)
        mypy = dict(zip(folders, _mypy(folders, workers), strict=True))
        for folder, (published, name) in jobs.items():
            for what in _judge(published, name, [*ruff[folder], *mypy[folder]]):
                yield Violation(published.lesson.name, what)


def _judge(published: Published, name: str, findings: Sequence[Finding]) -> Iterator[str]:
    declared = set(published.lesson.linters)
    for finding in findings:
        if name == overlay.REFERENCE and not finding.file.startswith("src/"):
            continue  # the same file as the starter's, which speaks for it
        if name == overlay.REFERENCE or finding.code not in declared:
            where = f"{finding.file}:{finding.line}"
            yield f"{name} {where} {finding.code} {first_line(finding.message)}; repair it, or declare it in `linters`"
    if name == overlay.STARTER:
        for code in sorted(declared - {finding.code for finding in findings}):
            yield f"`linters` declares {code}, which does not appear on the starter; take it out"


def _ruff(folders: Sequence[Path]) -> list[Finding]:
    config = project_root() / "lessons" / "ruff.toml"
    # Run from the folder of the configuration, as editors do: from elsewhere imports would be sorted in another way.
    options = ["--config", str(config), "--no-cache", "--no-respect-gitignore", "--output-format=json"]
    targets = [str(folder) for folder in folders]
    checked = _run([sys.executable, "-m", "ruff", "check", *options, *targets], config.parent)
    unformatted = _run([sys.executable, "-m", "ruff", "format", "--check", *options, *targets], config.parent)
    found = [
        Finding(f"ruff:{entry['code']}", entry["filename"], entry["location"]["row"], entry["message"])
        for entry in json.loads(checked)
    ]
    return found + [
        Finding("ruff:format", entry["filename"], entry["location"]["row"], "is not formatted: run `ruff format`")
        for entry in json.loads(unformatted)
    ]


def _mypy(folders: Sequence[Path], workers: int) -> list[list[Finding]]:
    # One cache for each worker: two processes that write into one can spoil each other's entries.
    home = state_dir() / "mypy"
    caches: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(workers):
        caches.put(home / str(number))

    def check(folder: Path) -> list[Finding]:
        cache = caches.get()
        try:
            return _mypy_once(folder, cache)
        finally:
            caches.put(cache)

    first = [check(folder) for folder in folders[:1]]
    for number in range(1, workers):
        if first and not (home / str(number)).exists():  # what the first has read of the libraries is good for all
            shutil.copytree(home / "0", home / str(number))
    with ThreadPoolExecutor(workers) as pool:
        return [*first, *pool.map(check, folders[1:])]


def _mypy_once(folder: Path, cache: Path) -> list[Finding]:
    config = project_root() / "lessons" / "mypy.ini"
    options = ["--config-file", str(config), "--cache-dir", str(cache), "--output=json"]
    # The full path makes mypy compare contents: it takes equal relative paths, sizes and seconds for the same file.
    answer = _run([sys.executable, "-m", "mypy", *options, str(folder / "src")], folder)
    return [
        Finding(f"mypy:{entry['code'] or 'syntax'}", entry["file"], entry["line"], entry["message"])
        for entry in map(json.loads, filter(str.strip, answer.splitlines()))
        if entry["severity"] == "error"
    ]


def _run(command: list[str], folder: Path) -> str:
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - our own tools
    if run.returncode not in (0, 1) and not run.stdout.strip():
        raise Misuse(f"{command[2]} cannot be run: {first_line(run.stderr)}")
    return run.stdout


def _by_folder(findings: Sequence[Finding], folders: Sequence[Path]) -> dict[Path, list[Finding]]:
    found: dict[Path, list[Finding]] = {folder: [] for folder in folders}
    for finding in findings:
        folder = next(parent for parent in Path(finding.file).parents if parent in found)
        file = Path(finding.file).relative_to(folder).as_posix()
        found[folder].append(Finding(finding.code, file, finding.line, finding.message))
    return found
