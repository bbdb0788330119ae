"""What is wrong with this machine or this checkout, one line a finding, each with what to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from docfliq_katas import catalogue, starter
from docfliq_katas.cli import voice
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PYTHONS = ((3, 11), (3, 14))  # from, up to but not including
_LEAST_SPACE = 500_000_000  # bytes: three servers with their data
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)\s*(;)?", re.MULTILINE)
_LONGEST_LIST = 5
_BROKEN = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was seen and, where it is a problem, what to do."""

    words: str
    is_problem: bool = False

    def __str__(self) -> str:
        return f"{'problem' if self.is_problem else 'OK'}: {self.words}"


def examine() -> int:
    """Print every finding; return 0 when all is well and 2 when something needs repair."""
    problems = 0
    for finding in findings():
        voice.say(str(finding))
        problems += finding.is_problem
    voice.say(f"{problems} problem{'' if problems == 1 else 's'} found" if problems else "All is well")
    return _BROKEN if problems else 0


def findings() -> Iterator[Finding]:
    """Look at everything, one after the other; what cannot be looked at is a problem of its own."""
    looks: list[Callable[[], Iterator[Finding]]] = [_python, _packages, _git, _state, _space, _lessons, _servers]
    for look in looks:
        try:
            yield from look()
        except Misuse as error:
            yield _problem(str(error))


def _problem(saw: str, advice: str = "") -> Finding:
    return Finding(f"{saw}. {advice}" if advice else saw, is_problem=True)


def _python() -> Iterator[Finding]:
    here = ".".join(str(part) for part in sys.version_info[:3])
    if _PYTHONS[0] <= sys.version_info[:2] < _PYTHONS[1]:
        yield Finding(f"Python {here}")
    else:
        yield _problem(f"Python {here} is not supported", "Install 3.11, 3.12 or 3.13 and run ./kata again")


def _packages() -> Iterator[Finding]:
    """Compare what is installed with requirements.lock; a package may be pinned once for each kind of system."""
    lock = project_root() / "requirements.lock"
    try:
        text = lock.read_text(encoding="utf-8")
    except FileNotFoundError:
        yield _problem(f"{lock} is missing", "Restore it with `git checkout -- requirements.lock`")
        return
    pinned: defaultdict[str, set[str]] = defaultdict(set)
    needed: set[str] = set()
    for name, version, only_on_some_systems in _PINNED.findall(text):
        pinned[name].add(version)
        if not only_on_some_systems:
            needed.add(name)
    wrong = sorted(name for name, versions in pinned.items() if not _suits(name, versions, needed=name in needed))
    if wrong:
        advice = f"Run ./kata, or `pip install -r requirements.lock` in {sys.prefix}"
        yield _problem(f"{_some(wrong)} not as in requirements.lock", advice)
    else:
        yield Finding(f"{len(pinned)} packages are as in requirements.lock")


def _suits(name: str, versions: set[str], *, needed: bool) -> bool:
    try:
        return metadata.version(name) in versions
    except metadata.PackageNotFoundError:
        return not needed


def _git() -> Iterator[Finding]:
    program = shutil.which("git")
    if program is None:
        yield _problem("git is not installed", "Install it: `kata reset` takes the starters from the history")
        return
    command = [program, "rev-parse", "--is-shallow-repository"]
    asked = subprocess.run(command, cwd=project_root(), capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if asked.returncode:
        reason = (asked.stderr.strip().splitlines() or ["it gave no reason"])[0]
        yield _problem(f"git does not read this folder ({reason})", "Clone the course: `kata reset` needs its history")
    elif asked.stdout.strip() == "true":
        yield _problem("the clone is shallow", "Run `git fetch --unshallow`: `kata reset` may need the whole history")
    else:
        yield Finding("git, with the history of the course")


def _state() -> Iterator[Finding]:
    folder = state_dir()
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "Set KATA_STATE_DIR to a folder of your own"
        yield _problem(f"the state folder {folder} cannot be written ({error.strerror})", advice)
        return
    yield Finding(f"the state folder {folder} can be written and holds {_megabytes(_size(folder))}")


def _size(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 - servers have many files
            except OSError:
                continue  # a server has removed it meanwhile
    return total


def _space() -> Iterator[Finding]:
    free = shutil.disk_usage(state_dir()).free
    if free < _LEAST_SPACE:
        yield _problem(f"only {_megabytes(free)} of disk are free", f"Free {_megabytes(_LEAST_SPACE)} for the servers")
    else:
        yield Finding(f"{_megabytes(free)} of disk are free")


def _lessons() -> Iterator[Finding]:
    problems = 0
    lessons = catalogue.lessons()
    for lesson in lessons:
        try:
            edited = starter.edited_judges(lesson)
        except Misuse as error:  # a draft, or a seal that is lost: the other lessons are looked at all the same
            problems += 1
            yield _problem(str(error))
            continue
        for path in edited:
            problems += 1
            where = (lesson.folder / path).relative_to(project_root())
            advice = f"Its verdict does not count: `kata reset {lesson.number} --tests` puts it back"
            yield _problem(f"{where} is not the course's file", advice)
    if not problems:
        yield Finding(f"{len(lessons)} lessons can be read, each with the course's own tests")


def _servers() -> Iterator[Finding]:
    from docfliq_katas import services  # noqa: PLC0415 - a broken install must not keep the doctor from speaking
    from docfliq_katas.cli import serving  # noqa: PLC0415 - same

    found = {status.name: status for status in services.status()}
    for module in (services.postgres, services.valkey, services.mongodb):
        if os.environ.get(module.VARIABLE):
            try:
                module.server()
            except Misuse as error:
                yield _problem(str(error))
                continue
        yield Finding(serving.line(found[module.LABEL]))
    ours = ("KATA_ALLOW_REMOTE", "KATA_IDLE_MINUTES", "KATA_STATE_DIR", "KATA_ROOT")
    are_set = [f"{name}={os.environ[name]}" for name in ours if os.environ.get(name)]
    yield Finding(f"in the environment: {', '.join(are_set)}" if are_set else "no KATA_ variable changes the defaults")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _LONGEST_LIST} more" if len(names) > _LONGEST_LIST else ""
    return f"{', '.join(names[:_LONGEST_LIST])}{more} {'is' if len(names) == 1 else 'are'}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"
