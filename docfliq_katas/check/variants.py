"""The contract of a lesson's solutions: the reference, and the variants that must pass or must be refused."""

from __future__ import annotations

import tomllib
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from docfliq_katas import overlay
from docfliq_katas.check import testfile
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.check.violation import Published

ACCEPTED = "accepted"
REJECTED = "rejected"
_AT_LEAST = {ACCEPTED: 2, REJECTED: 3}
_LARGEST_FIX = 15
_LARGEST_RESTRUCTURING = 40

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Accepted(BaseModel):
    """What variant.toml says of another right answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Sentence


class Rejected(Accepted):
    """What variant.toml says of a wrong answer: why it tempts or fails, and the tests that refuse it."""

    fails: Annotated[tuple[Sentence, ...], Field(min_length=1)]


def problems(published: Published) -> Iterator[str]:
    """Yield what is wrong with the solutions of one lesson, before any of them is run."""
    lesson = published.lesson
    yield from _overlay(published, overlay.REFERENCE, {})
    yield from _size(published)
    seen = {frozenset(files(lesson, overlay.REFERENCE).items()): overlay.REFERENCE}
    for kind, least in _AT_LEAST.items():
        names = overlay.variants(lesson, kind)
        if len(names) < least:
            yield f"there are {len(names)} {kind} variants; the contract asks for {least} at least"
        for name in names:
            yield from _overlay(published, name, seen)
            yield from _words(published, name)


def rejected(lesson: Lesson, name: str) -> Rejected | None:
    """Return what the rejected variant declares, or None where its variant.toml is not well formed."""
    try:
        return Rejected.model_validate(_toml(lesson.solution / name / "variant.toml"))
    except (Misuse, ValidationError):
        return None


def changed_lines(published: Published) -> int:
    """Return how many lines of the starter the reference changes, adds or removes."""
    return sum(
        difference(published.text(path), data.decode("utf-8", errors="replace"))
        for path, data in files(published.lesson, overlay.REFERENCE).items()
    )


def files(lesson: Lesson, name: str) -> dict[str, bytes]:
    """Return the files of an overlay: path inside the lesson -> bytes; none where the overlay does not exist."""
    try:
        return overlay.overlay_files(lesson, name)
    except Misuse:
        return {}


def _overlay(published: Published, name: str, seen: dict[frozenset[tuple[str, bytes]], str]) -> Iterator[str]:
    laid = files(published.lesson, name)
    if not laid:
        yield f"{name} has no src/ with a file in it; lay down the files that differ from the lesson"
        return
    for path, data in laid.items():
        if data == published.files.get(path):
            yield f"{name} repeats {path} of the lesson unchanged; an overlay holds only what differs, delete it"
    twin = seen.setdefault(frozenset(laid.items()), name)
    if twin != name:
        yield f"{name} is the same as {twin}; keep one of them"


def _words(published: Published, name: str) -> Iterator[str]:
    model = Rejected if name.startswith(REJECTED) else Accepted
    try:
        words = model.model_validate(_toml(published.lesson.solution / name / "variant.toml"))
    except Misuse as error:
        yield f"{name}/variant.toml {error}"
        return
    except ValidationError as error:
        problem = error.errors()[0]
        yield f"{name}/variant.toml: {problem['loc'][0]}: {problem['msg'].lower()}; see the contract"
        return
    known = testfile.names(published)
    if isinstance(words, Rejected) and known is not None:
        for test in sorted(set(words.fails) - known):
            yield f"{name}/variant.toml names {test}, which does not exist; name the tests that refuse it"


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misuse("is missing; say why in one sentence, and for a rejected one which tests it fails") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"is not valid TOML: {error}; repair it") from None


def _size(published: Published) -> Iterator[str]:
    limit = _LARGEST_RESTRUCTURING if published.lesson.restructures else _LARGEST_FIX
    count = changed_lines(published)
    if count > limit:
        yield f"the reference changes {count} lines; make the fix smaller, {limit} at most"


def difference(before: str, after: str) -> int:
    """Return how many lines differ; a replaced line counts once, indentation and blank lines do not count."""
    old, new = (list(filter(None, map(str.strip, text.splitlines()))) for text in (before, after))
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in codes if tag != "equal")
