"""Write the generated parts below `docs/generated/`, then let MkDocs build the site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from docfliq_katas import catalogue, overlay, starter
from docfliq_katas.errors import Misuse
from docfliq_katas.pages import (
    figures,
    first_week,
    navigation,
    parts,
    reference,
    rulebook,
    symptoms,
    tags,
    traces,
    transcripts,
)
from docfliq_katas.state import disk_faults, project_root, write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from docfliq_katas.catalogue import Chapter, Lesson
    from docfliq_katas.known import Known


def build_pages() -> list[Path]:
    """Write the generated parts of every page, and the navigation; return the files that changed.

    Every lesson is run, where that has not been done since it changed: its starter, its reference, and each rejected
    variant whose message nobody has recorded. A draft has its page, and words in place of the parts.

    Raises:
        Misuse: a lesson is incomplete, or its colours are wrong.
    """
    course, chapters = catalogue.lessons(), {chapter.key: chapter for chapter in catalogue.chapters()}
    _check_chapters(course, chapters)
    drafts = [lesson for lesson in course if starter.is_draft(lesson)]
    lessons = [lesson for lesson in course if lesson not in drafts]
    runs = transcripts.run_overlays((lesson, name) for lesson in lessons for name in _overlays(lesson))
    titles = {lesson.slug: lesson.title for lesson in lessons}
    files = {
        "nav.yml": navigation.navigation(course, list(chapters.values())),
        "lessons.md": navigation.overview(lessons, list(chapters.values())),
        "guidelines.md": rulebook.matrix(lessons),
        "corrections.md": rulebook.corrections(lessons),
        "symptoms.md": symptoms.by_symptom(lessons),
        "errors.md": symptoms.by_error(lessons),
        "first-week.md": first_week.table(lessons),
        "tags.json": tags.by_page(lessons),
    }
    for lesson in lessons:
        for name, text in _parts(lesson, chapters[lesson.chapter], titles, runs).items():
            files[f"{lesson.slug}/{name}.md"] = text
    for draft in drafts:
        files |= {f"{draft.slug}/{name}.md": text for name, text in parts.of_a_draft(draft).items()}
    return _write(files | reference.parts() | traces.wanted(lessons, runs))


def build(*, strict: bool = True, site: Path | None = None) -> int:
    """Write the generated parts and build the site; return MkDocs' exit code.

    Args:
        strict: Whether a broken link, anchor or include is an error.
        site: The folder that takes the site; `site/` at the project root by default.

    Raises:
        Misuse: a lesson is incomplete, or its colours are wrong.
    """
    build_pages()
    return _mkdocs(
        "build", "--clean", *(["--strict"] if strict else []), *(["--site-dir", str(site)] if site is not None else [])
    )


def render(site: Path) -> int:
    """Build the site into the folder `site` with the generated parts as they are; return MkDocs' exit code."""
    return _mkdocs("build", "--quiet", "--site-dir", str(site))


def _check_chapters(lessons: Sequence[Lesson], chapters: Mapping[str, Chapter]) -> None:
    for lesson in lessons:
        if lesson.chapter not in chapters:
            known = ", ".join(chapters)
            raise Misuse(f"lessons/{lesson.name}/lesson.toml: no chapter {lesson.chapter!r}: take one of {known}")


def _overlays(lesson: Lesson) -> list[str]:
    unknown = [name for name in overlay.variants(lesson, "rejected") if not transcripts.recorded(lesson, name)]
    return [overlay.STARTER, overlay.REFERENCE, *unknown]


def _parts(
    lesson: Lesson, chapter: Chapter, titles: Mapping[str, str], runs: Mapping[tuple[str, str], Known]
) -> dict[str, str]:
    mine = {name: run for (slug, name), run in runs.items() if slug == lesson.slug}
    green = mine.pop(overlay.REFERENCE)
    transcripts.expect_green(lesson, "the reference", green.run)
    for name, known in mine.items():
        transcripts.expect_red(lesson, f"the {name}" if name == overlay.STARTER else name, known.run)
    starter = mine[overlay.STARTER]
    figure = figures.figure(lesson, starter.traces, green.traces)
    refusals = {
        name: transcripts.recorded(lesson, name) or transcripts.messages(mine[name].run)
        for name in overlay.variants(lesson, "rejected")
    }
    return {
        "facts": parts.facts(lesson, chapter, titles),
        "red": parts.fenced(transcripts.session(lesson, starter.run), "text"),
        "broken": parts.broken(lesson),
        "diff": parts.diff(lesson, overlay.REFERENCE),
        "green": parts.fenced(transcripts.session(lesson, green.run), "text"),
        "rejected": parts.rejected(lesson, refusals),
        "hints": parts.hints(lesson),
        "links": parts.links(lesson),
        **({"trace": figure} if figure else {}),
    }


def _write(files: Mapping[str, str]) -> list[Path]:
    """Replace what differs, so that a server that watches the folder reloads no more than it must."""
    folder = project_root() / "docs" / "generated"
    wanted = {folder / name: text.rstrip("\n") + "\n" for name, text in files.items()}
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in changed:
        write_atomic(path, wanted[path])
    with disk_faults(folder):
        for path in folder.iterdir():
            if path.is_dir() and not any(path in file.parents for file in wanted):
                shutil.rmtree(path)
        for path in folder.glob("*/*"):
            if path not in wanted:
                path.unlink()
    return changed


def _mkdocs(*arguments: str) -> int:
    # The theme's notice about a future MkDocs is for those who choose versions, not for those who read.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", *arguments]
    return subprocess.run(command, cwd=project_root(), env=environment, check=False).returncode  # noqa: S603 - our own arguments
