from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.pages import tags as making

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.pages.conftest import Build

pytestmark = pytest.mark.timeout(150)  # sites are built here, by processes of their own
_TAG = re.compile(r'class="md-tag"[^>]*>\s*([^<]+?)\s*<')


def test_tags_are_what_the_lesson_says_of_itself(fees: Lesson, tags: Lesson) -> None:
    """Servers or their absence, the level, and whether a linter sees the fault."""
    assert making.of_lesson(fees) == ["no server", "first steps"]
    assert making.of_lesson(tags) == ["no server", "everyday", "a linter sees it"]
    served = fees.model_copy(update={"services": ("postgres", "mongodb", "valkey")})
    assert making.of_lesson(served) == ["PostgreSQL", "MongoDB", "Valkey", "first steps"]


def test_each_page_shows_its_tags(built: Path) -> None:
    """The page of a lesson has the tags of its lesson.toml, each a link to the index; other pages have none."""
    for slug, found in {"sum_of_fees": {"no server", "first steps"}, "index": set()}.items():
        path = built / "site/lessons" / ("index.html" if slug == "index" else f"{slug}/index.html")
        assert set(_TAG.findall(path.read_text())) == found
    page = (built / "site/lessons/fresh_tags/index.html").read_text()
    assert 'href="../../tags/#tag:a-linter-sees-it"' in page


def test_the_index_lists_the_lessons_of_each_tag(built: Path) -> None:
    """Every tag is a heading, with links to the lessons that have it."""
    page = (built / "site/tags/index.html").read_text()
    assert {"no server", "first steps", "everyday", "a linter sees it"} <= set(_TAG.findall(page))
    assert page.count('href="../lessons/fresh_tags/"') >= 3


def test_tags_that_were_written_by_hand_do_not_count(course: Path, build: Build) -> None:
    """The front matter of a page cannot say anything else than lesson.toml."""
    path = course / "docs/lessons/sum_of_fees.md"
    path.write_text(path.read_text().replace("symptoms:", "tags: [by hand]\nsymptoms:"))
    assert build(course).returncode == 0
    assert set(_TAG.findall((course / "site/lessons/sum_of_fees/index.html").read_text())) == {
        "no server",
        "first steps",
    }
