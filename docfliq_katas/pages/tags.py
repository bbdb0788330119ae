"""The tags of lessons, made from lesson.toml: servers, level, and whether a linter sees the fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docfliq_katas.pages.parts import SERVERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docfliq_katas.catalogue import Lesson


def of_lesson(lesson: Lesson) -> list[str]:
    """Return the tags of one lesson: `["PostgreSQL", "everyday"]`."""
    servers = [SERVERS[service] for service in lesson.services] or ["no server"]
    return [*servers, lesson.level, *(["a linter sees it"] if lesson.linters else [])]


def by_page(lessons: Sequence[Lesson]) -> str:
    """Return the tags of all lessons as JSON, for `tags_hook`: the page below `docs/` -> its tags."""
    return json.dumps({f"lessons/{lesson.slug}.md": of_lesson(lesson) for lesson in lessons}, indent=2)
