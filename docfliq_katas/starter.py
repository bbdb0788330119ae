"""Sealed starters: which bytes every lesson file had when the course was published.

`solutions/NN_slug/starter.lock` lists the git blob id of each file a learner may touch. The id tells whether a
file was edited, and finds the published bytes in the repository's own history, whatever was committed since.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docfliq_katas import catalogue
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

SEAL = "starter.lock"
_IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def files(folder: Path) -> dict[str, bytes]:
    """Return the lesson's files in `folder`: path inside the folder -> bytes. Caches and hidden files are left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part in _IGNORED or part.startswith(".") for part in parts):
            found[PurePosixPath(*parts).as_posix()] = path.read_bytes()
    return found


def is_draft(lesson: Lesson) -> bool:
    """Return whether the lesson has no seal: its author has not published it yet."""
    return not (lesson.solution / SEAL).is_file()


def published() -> list[Lesson]:
    """Return the lessons for learners, in order; a draft is its author's."""
    return [lesson for lesson in catalogue.lessons() if not is_draft(lesson)]


def sealed(lesson: Lesson) -> dict[str, str]:
    """Return path -> blob id of every file of the published lesson.

    Raises:
        Misuse: the lesson has no seal.
    """
    try:
        lines = (lesson.solution / SEAL).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        where = f"solutions/{lesson.name}/{SEAL}"
        raise Misuse(
            f"{where} is missing: restore it, or seal a new lesson with `kata check {lesson.number} --record`"
        ) from None
    return {path: blob for blob, _, path in (line.partition("  ") for line in lines)}


def seal(lesson: Lesson) -> None:
    """Write the seal of the lesson as it is now, and put its bytes into git's object store."""
    found = files(lesson.folder)
    try:
        _git("hash-object", "-w", "--", *(str(lesson.folder / path) for path in found))
    except subprocess.CalledProcessError as error:
        raise Misuse(f"git cannot keep the starter: {error.stderr.decode(errors='replace').strip()}") from None
    text = "".join(f"{blob_id(data)}  {path}\n" for path, data in found.items())
    write_atomic(lesson.solution / SEAL, text)


def digest(lesson: Lesson) -> str:
    """Return a short name for the published version of the lesson; it changes when any file of it changes."""
    text = "".join(f"{blob}  {path}\n" for path, blob in sorted(sealed(lesson).items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def edited(lesson: Lesson) -> list[str]:
    """Return the paths that differ from the published lesson: changed, removed or added."""
    now = {path: blob_id(data) for path, data in files(lesson.folder).items()}
    then = sealed(lesson)
    return sorted(path for path in now.keys() | then.keys() if now.get(path) != then.get(path))


def edited_judges(lesson: Lesson) -> list[str]:
    """Return the edited files that belong to the verdict and not to the learner: tests, example rows, lesson.toml."""
    return [path for path in edited(lesson) if not path.startswith("src/") and path.endswith((".py", ".toml"))]


def original(lesson: Lesson) -> dict[str, bytes]:
    """Return the published files: path -> bytes, from the folder where unedited, else from git's object store.

    Raises:
        Misuse: a file was edited and the repository's history does not hold the published one.
    """
    now = files(lesson.folder)
    found = {}
    for path, blob in sealed(lesson).items():
        data = now.get(path)
        found[path] = data if data is not None and blob_id(data) == blob else _from_git(lesson, path, blob)
    return found


def blob_id(data: bytes) -> str:
    """Return the id that git gives to a file with these bytes (line ends as LF)."""
    data = data.replace(b"\r\n", b"\n")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _from_git(lesson: Lesson, path: str, blob: str) -> bytes:
    try:
        return _git("cat-file", "blob", blob)
    except subprocess.CalledProcessError:
        raise Misuse(
            f"the published lessons/{lesson.name}/{path} is not in this repository: take it from a fresh clone"
        ) from None


def _git(*arguments: str) -> bytes:
    try:
        run = subprocess.run(["git", *arguments], cwd=project_root(), capture_output=True, check=True)  # noqa: S603, S607 - git is a stated need
    except FileNotFoundError:
        raise Misuse("git is not installed: the course needs it to bring starters back") from None
    return run.stdout
