"""A new lesson: every file that it needs, each saying what is to be written there."""

from __future__ import annotations

import shutil
from string import Template
from typing import TYPE_CHECKING

from docfliq_katas.errors import Misuse
from docfliq_katas.scaffold import place, texts
from docfliq_katas.scaffold.place import Place
from docfliq_katas.state import lock, project_root, state_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["Place", "new"]

_NO_LINE = "L0"  # reads like a line of the rulebook, and is none: the gate asks for another


def new(slug: str, *, number: int | None = None, chapter: str | None = None) -> Place:
    """Write the files of a lesson that is still to be written, all or none, and return where it went.

    Args:
        slug: Its name, such as `n_plus_one`.
        number: Its number, where the plan gives none; by default the first that is free.
        chapter: Its chapter; by default that of the neighbour whose lines are nearest.

    Raises:
        Misuse: it has no place (see `place.find`), one of its files exists, or the disk does not take them.

    """
    with lock(state_dir() / "new.lock"):
        found = place.find(slug, number=number, chapter=chapter)
        words = _words(found)
        roots = [project_root() / _filled(path, words) for path in (texts.SOLUTION, texts.LESSON, texts.PAGE)]
        files = {project_root() / _filled(path, words): _filled(text, words) for path, text in texts.FILES.items()}
        for path in roots:
            if path.exists() or path.is_symlink():
                raise Misuse(f"{_short(path)} exists and is never overwritten: move it away, or choose another slug")
        _write(files, roots)
    return found


def _words(found: Place) -> dict[str, str]:
    return {
        "slug": found.slug,
        "folder": found.folder,
        "number": f"{found.number:02}",
        "title": found.title,
        "chapter": found.chapter,
        "guidelines": ", ".join(f'"{line}"' for line in found.lines or (_NO_LINE,)),
    }


def _filled(text: str, words: Mapping[str, str]) -> str:
    return Template(text).substitute(words)


def _write(files: Mapping[Path, str], roots: Sequence[Path]) -> None:
    """Write all files below `roots`, which do not exist yet, or none of them, also on Ctrl-C."""
    begun: list[Path] = []
    try:
        for root in roots:
            begun.append(root)
            root.touch(exist_ok=False) if root.suffix else root.mkdir()
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except BaseException as error:
        if isinstance(error, FileExistsError):
            begun.pop()  # somebody else has made it meanwhile
        for root in begun:
            shutil.rmtree(root) if root.is_dir() else root.unlink(missing_ok=True)
        if isinstance(error, OSError):
            what = _short(error.filename or roots[-1])
            raise Misuse(f"cannot write {what}: {error.strerror}; nothing of the lesson is left behind") from error
        raise


def _short(path: Path | str) -> str:
    return str(path).removeprefix(f"{project_root()}/")
