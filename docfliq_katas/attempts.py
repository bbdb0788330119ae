"""What learners wrote is kept before anything replaces it: one folder per attempt, under the state folder."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docfliq_katas import progress, starter
from docfliq_katas.errors import Misuse
from docfliq_katas.state import disk_faults, lock, state_dir

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson

_UNDER_WAY = ".unfinished"  # a copy that was cut short; hidden, so that no list shows it
_STAGED = ".kata-new"


@dataclass(frozen=True)
class Attempt:
    """One kept copy of a lesson folder; `name` is the UTC time at which it was kept, such as 20261123T072500Z."""

    name: str
    folder: Path


@dataclass(frozen=True)
class Change:
    """What a reset or a restore did to the lesson folder.

    Attributes:
        kept: The attempt that holds what was there before; None where that was the starter.
        written: Paths that were put back or replaced.
        removed: Paths that were taken away; the attempt has them.

    """

    kept: Attempt | None
    written: list[str]
    removed: list[str]


def kept(lesson: Lesson) -> list[Attempt]:
    """Return the attempts at a lesson, the oldest first."""
    folders = _place(lesson).glob("[0-9]*")
    in_order = sorted(folders, key=lambda path: (path.name.partition("-")[0], len(path.name), path.name))
    return [Attempt(path.name, path) for path in in_order]


def differences(lesson: Lesson, attempt: Attempt) -> list[str]:
    """Return the paths in which an attempt differs from the published lesson."""
    return _differences(_blobs(starter.files(attempt.folder)), starter.sealed(lesson))


def reset(lesson: Lesson, *, only_tests: bool = False) -> Change:
    """Put the published files back, after keeping what is there; the lesson is open again.

    Args:
        lesson: The lesson.
        only_tests: Put back what the verdict rests on (tests, example rows, lesson.toml) and touch nothing else.

    Raises:
        Misuse: the published files cannot be found, or a folder cannot be written; nothing has changed then.

    """
    with _alone(lesson):
        published = starter.original(lesson)
        now = starter.files(lesson.folder)
        wanted = _with_the_judges(lesson, now, published) if only_tests else published
        change = _replace(lesson, now, wanted)
        if not only_tests and progress.of(lesson).state != "open":
            progress.forget(lesson)
    return change


def restore(lesson: Lesson, name: str) -> Change:
    """Bring an attempt back, byte for byte, after keeping what is there.

    Args:
        lesson: The lesson.
        name: The attempt's name, or as much of its beginning as tells it from the others.

    Raises:
        Misuse: there is no such attempt, or a folder cannot be written; nothing has changed then.

    """
    with _alone(lesson):
        attempt = _find(lesson, name)
        return _replace(lesson, starter.files(lesson.folder), starter.files(attempt.folder))


def _with_the_judges(lesson: Lesson, now: dict[str, bytes], published: dict[str, bytes]) -> dict[str, bytes]:
    judges = starter.edited_judges(lesson)
    learners = {path: data for path, data in now.items() if path not in judges}
    return learners | {path: published[path] for path in judges if path in published}


def _place(lesson: Lesson) -> Path:
    return state_dir() / "attempts" / lesson.slug


def _alone(lesson: Lesson) -> AbstractContextManager[None]:
    return lock(state_dir() / "attempts" / f"{lesson.slug}.lock")


def _find(lesson: Lesson, name: str) -> Attempt:
    known = kept(lesson)
    found = [each for each in known if each.name == name] or [each for each in known if each.name.startswith(name)]
    if len(found) != 1:
        says = f"lesson {lesson.number} has {'several attempts' if found else 'no attempt'} {name!r}"
        raise Misuse(f"{says}: `kata attempts {lesson.number}` lists them")
    return found[0]


def _replace(lesson: Lesson, now: dict[str, bytes], wanted: dict[str, bytes]) -> Change:
    """Keep `now`, then make the folder hold `wanted`."""
    written = sorted(path for path, data in wanted.items() if now.get(path) != data)
    removed = sorted(now.keys() - wanted.keys())
    if not written and not removed:
        return Change(None, [], [])
    attempt = _keep(lesson, now)
    _swap(lesson.folder, now, {path: wanted[path] for path in written}, removed)
    return Change(attempt, written, removed)


def _keep(lesson: Lesson, files: dict[str, bytes]) -> Attempt | None:
    """Copy the files to a new attempt; the starter, and what an attempt holds already, need none."""
    blobs = _blobs(files)
    if not _differences(blobs, starter.sealed(lesson)):
        return None
    for attempt in kept(lesson):
        if _blobs(starter.files(attempt.folder)) == blobs:
            return attempt
    under_way = _place(lesson) / _UNDER_WAY
    with disk_faults(under_way):
        shutil.rmtree(under_way, ignore_errors=True)
        for path, data in files.items():
            (under_way / path).parent.mkdir(parents=True, exist_ok=True)
            (under_way / path).write_bytes(data)
        folder = under_way.with_name(_new_name({each.name for each in kept(lesson)}))
        under_way.rename(folder)
    return Attempt(folder.name, folder)


def _new_name(taken: set[str]) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    name, number = stamp, 1
    while name in taken:
        number += 1
        name = f"{stamp}-{number}"
    return name


def _swap(folder: Path, now: dict[str, bytes], written: dict[str, bytes], removed: list[str]) -> None:
    """Write and remove, all or nothing: whatever goes wrong, the folder is as it was.

    Everything that needs space is written beside its target first; the renames that follow need none.
    """
    touched: list[str] = []
    try:
        for path, data in written.items():
            _stage(folder / path, data)
        _demand_unchanged(folder, now)
        for path in written:
            touched.append(path)
            _staged(folder / path).replace(folder / path)
        for path in removed:
            touched.append(path)
            (folder / path).unlink()
    except BaseException as error:
        back = [_put_back(folder / path, now.get(path)) for path in touched]
        if isinstance(error, OSError):
            what = f"cannot write {error.filename or folder}: {error.strerror or error}"
            state = "your files are as they were" if all(back) else "your files are in the newest attempt"
            raise Misuse(f"{what}; {state}: repair that place, then run again") from None
        raise
    finally:
        for path in written:
            with suppress(OSError):
                _staged(folder / path).unlink()
    _tidy(folder, removed)


def _demand_unchanged(folder: Path, now: dict[str, bytes]) -> None:
    if starter.files(folder) != now:
        raise Misuse(f"{folder.name} was changed meanwhile: save your files, then run again")


def _put_back(target: Path, data: bytes | None) -> bool:
    try:
        if data is None:
            target.unlink(missing_ok=True)
        elif not target.is_file() or target.read_bytes() != data:
            _stage(target, data)
            _staged(target).replace(target)
    except OSError:
        return False
    return True


def _stage(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = _staged(target)
    staged.write_bytes(data)
    with suppress(FileNotFoundError):
        staged.chmod(target.stat().st_mode & 0o777)


def _staged(target: Path) -> Path:
    return target.with_name(f".{target.name}{_STAGED}")


def _tidy(folder: Path, removed: Iterable[str]) -> None:
    """Remove the folders that the removed files leave empty."""
    parents = {parent for path in removed for parent in (folder / path).parents if parent.is_relative_to(folder)}
    for parent in sorted(parents - {folder}, key=lambda path: len(path.parts), reverse=True):
        if {child.name for child in parent.iterdir()} <= {"__pycache__"}:
            shutil.rmtree(parent / "__pycache__", ignore_errors=True)
            with suppress(OSError):
                parent.rmdir()


def _blobs(files: dict[str, bytes]) -> dict[str, str]:
    return {path: starter.blob_id(data) for path, data in files.items()}


def _differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
