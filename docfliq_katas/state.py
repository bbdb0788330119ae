"""Where the course keeps what it remembers: one git-ignored folder at the project root."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Iterator

_DISK_FAULTS = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the disk quota is used up: free some space",
    errno.EROFS: "the disk is read-only: set KATA_STATE_DIR to a folder that can be written",
    errno.EACCES: "permission denied: set KATA_STATE_DIR to a folder of your own",
    errno.EPERM: "permission denied: set KATA_STATE_DIR to a folder of your own",
}


def project_root() -> Path:
    """Return the folder that holds `lessons/` and `docfliq_katas/`, or $KATA_ROOT where it is set."""
    configured = os.environ.get("KATA_ROOT")
    return Path(configured).resolve() if configured else Path(__file__).resolve().parent.parent


def state_dir() -> Path:
    """Return `.kata/` (or $KATA_STATE_DIR), made on first need, readable by its owner only.

    Raises:
        Misuse: the folder cannot be made.
    """
    configured = os.environ.get("KATA_STATE_DIR")
    folder = Path(configured).resolve() if configured else project_root() / ".kata"
    ignore = folder / ".gitignore"
    if not ignore.exists():
        try:
            with disk_faults(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                ignore.write_text("*\n")
        except (FileNotFoundError, FileExistsError, NotADirectoryError):
            raise Misuse(f"cannot write {folder}: set KATA_STATE_DIR to a folder of your own") from None
    return folder


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Turn a full, read-only or forbidden disk under `path` into one line."""
    try:
        yield
    except OSError as error:
        advice = _DISK_FAULTS.get(error.errno or 0)
        if advice is None:
            raise
        raise Misuse(f"cannot write {path}: {advice}") from error


def write_atomic(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` in one step: a reader sees the old or the new, never half."""
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                os.fchmod(descriptor, _usual_mode(path))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _usual_mode(path: Path) -> int:
    """Return the mode of the file at `path`, or the one that a new file gets here."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file at `path`, after whoever holds it; a process that dies lets go."""
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
