"""Runs whose outcome is known: a lesson that has not changed since is shown without running it again."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from docfliq_katas.runner import Run, Test
from docfliq_katas.starter import files
from docfliq_katas.state import state_dir, write_atomic
from docfliq_katas.trace.model import from_json, to_json
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docfliq_katas.trace.model import Trace

_WIDTH = 80
_SETTINGS = ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS")  # what pytest's output depends on


@dataclass(frozen=True)
class Known:
    """What came out of a run, and a trace of each of its tests; no traces where none were recorded."""

    run: Run
    traces: tuple[Trace, ...] = ()


@contextmanager
def plain_terminal() -> Iterator[None]:
    """Keep out of runs what this machine's settings would make of them: colours, other widths, options."""
    before = {name: os.environ.pop(name, None) for name in ("COLUMNS", *_SETTINGS)}
    os.environ["COLUMNS"] = str(_WIDTH)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def remember(folder: Path, overlay: str, known: Known) -> None:
    """Keep what came out of a run of the throw-away copy `folder`, in place of what came out before."""
    kept = {"mark": _mark(folder), "run": asdict(known.run), "traces": to_json(known.traces).decode()}
    write_atomic(_path(folder, overlay), json.dumps(kept))


def recall(folder: Path, overlay: str) -> Known | None:
    """Return what came out of a run of the same files, by the same machinery; None where nothing is known."""
    try:
        kept = json.loads(_path(folder, overlay).read_text(encoding="utf-8"))
        if kept["mark"] != _mark(folder):
            return None
        run = Run(**kept["run"] | {"tests": tuple(Test(**test) for test in kept["run"]["tests"])})
        return Known(run, from_json(kept["traces"].encode()))
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # never kept, or by another version of this file
        return None


def _path(folder: Path, overlay: str) -> Path:
    return state_dir() / "known" / f"{folder.name}.{overlay.replace('/', '.')}.json"


def _mark(folder: Path) -> str:
    """Return what the outcome depends on, in short: the files of the copy, the machinery, Python, the packages."""
    digest = hashlib.sha256(_machinery().encode())
    for path, data in sorted(files(folder).items()):
        digest.update(f"\0{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


@cache
def _machinery() -> str:
    return libraries.fingerprint()
