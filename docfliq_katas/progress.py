"""What is solved: a small file in the state folder, keyed by slug."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from docfliq_katas import starter
from docfliq_katas.state import lock, state_dir, write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docfliq_katas.catalogue import Lesson

State = Literal["open", "solved", "changed"]


@dataclass(frozen=True)
class Progress:
    """How far a lesson is: `changed` means it was solved, and the course has changed it since."""

    state: State
    solved_at: str | None
    hints: int


Standing = dict[str, Progress]  # slug -> how far


def standing(lessons: Sequence[Lesson]) -> Standing:
    """Return the progress in each of the lessons."""
    return {lesson.slug: of(lesson) for lesson in lessons}


def of(lesson: Lesson) -> Progress:
    """Return the progress in one lesson."""
    entry = _load().get(lesson.slug, {})
    solved_at = entry.get("solved_at")
    changed = solved_at is not None and entry.get("version") != starter.digest(lesson)
    state: State = "changed" if changed else "solved" if solved_at else "open"
    return Progress(state, solved_at, entry.get("hints", 0))


def record_green(lesson: Lesson) -> bool:
    """Remember that all tests of the lesson passed; return whether that is news."""
    news = of(lesson).state != "solved"
    if news:
        _update(lesson, solved_at=datetime.now(UTC).isoformat(timespec="seconds"), version=starter.digest(lesson))
    return news


def record_hint(lesson: Lesson, shown: int) -> None:
    """Remember how many hints of the lesson were shown."""
    _update(lesson, hints=shown)


def forget(lesson: Lesson) -> None:
    """Make the lesson open again; hints stay counted."""
    _update(lesson, solved_at=None, version=None)


def _update(lesson: Lesson, **fields: Any) -> None:  # noqa: ANN401 - JSON values
    with lock(state_dir() / "progress.lock"):
        data = _load()
        data[lesson.slug] = {**data.get(lesson.slug, {}), **fields}
        write_atomic(state_dir() / "progress.json", json.dumps(data, indent=2, sort_keys=True) + "\n")


def _load() -> dict[str, dict[str, Any]]:
    path = state_dir() / "progress.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        # A file that cannot be read is put aside, never thrown away: it is the learner's.
        path.replace(path.with_suffix(".broken.json"))
        return {}
    return data if isinstance(data, dict) else {}
