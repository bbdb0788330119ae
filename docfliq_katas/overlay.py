"""Throw-away copies of a lesson, with an overlay from `solutions/` laid over it: learners' files are never touched."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docfliq_katas import starter
from docfliq_katas.errors import Misuse
from docfliq_katas.state import disk_faults, state_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.catalogue import Lesson

MINE = "mine"
STARTER = "starter"
REFERENCE = "reference"


def variants(lesson: Lesson, kind: str) -> list[str]:
    """Return the names of the lesson's `accepted` or `rejected` variants, such as `accepted/joined`."""
    return [f"{kind}/{path.name}" for path in sorted((lesson.solution / kind).glob("*")) if path.is_dir()]


def reason(lesson: Lesson, variant: str) -> str:
    """Return why a variant, such as `accepted/joined`, is right or wrong, in a sentence; empty where none is given."""
    path = lesson.solution / variant / "variant.toml"
    return str(tomllib.loads(path.read_text(encoding="utf-8")).get("why", "")) if path.is_file() else ""


def overlay_files(lesson: Lesson, overlay: str) -> dict[str, bytes]:
    """Return the files that the overlay lays over the starter: path inside the lesson -> bytes.

    Args:
        lesson: The lesson.
        overlay: `starter`, `reference`, `accepted/<name>`, `rejected/<name>`, or a path to a folder with `src/`.

    Raises:
        Misuse: there is no such overlay.

    """
    if overlay == STARTER:
        return {}
    known = {REFERENCE: lesson.solution} | {
        name: lesson.solution / name for kind in ("accepted", "rejected") for name in variants(lesson, kind)
    }
    folder = known.get(overlay, Path(overlay))
    if not (folder / "src").is_dir():
        names = ", ".join([MINE, STARTER, *known])
        raise Misuse(f"no overlay {overlay!r} for lesson {lesson.number}: take {names}, or a folder that holds src/")
    return {f"src/{path}": data for path, data in starter.files(folder / "src").items()}


@contextmanager
def throw_away_copy(lesson: Lesson, overlay: str = MINE) -> Iterator[Path]:
    """Make a copy of the lesson with the overlay laid over its starter (`mine`: as it lies there); remove it after."""
    if overlay == MINE:
        contents = starter.files(lesson.folder)
    else:
        contents = starter.original(lesson) | overlay_files(lesson, overlay)
    with _own_folder() as parent:
        folder = parent / lesson.name
        with disk_faults(folder):
            for path, data in contents.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        yield folder


@contextmanager
def _own_folder() -> Iterator[Path]:
    runs = state_dir() / "runs"
    with disk_faults(runs):
        runs.mkdir(exist_ok=True)
        _sweep(runs)
        folder = Path(tempfile.mkdtemp(dir=runs, prefix=f"{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _sweep(runs: Path) -> None:
    """Remove what runs left that were killed; once in a process is enough."""
    import psutil  # noqa: PLC0415 - nothing else here needs it

    for folder in runs.iterdir():
        pid = folder.name.partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
