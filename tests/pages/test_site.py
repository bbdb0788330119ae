from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import scaffold
from docfliq_katas.pages import site
from tests.fake_course import TAGS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.conftest import Build

pytestmark = pytest.mark.timeout(150)  # sites are built here, by processes of their own
PARTS = {"facts", "red", "broken", "diff", "green", "rejected", "hints", "links"}
_LOADED = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?(?:https?:)?//[^\"'\s>]+", re.IGNORECASE
)
_IN_STYLES = re.compile(r"(?:url\(|@import\s*)[\"']?(?:https?:)?//", re.IGNORECASE)


def test_every_part_of_every_page_is_written(built: Path) -> None:
    """Each lesson has its eight parts in the ignored folder."""
    folders = [path for path in (built / "docs/generated").iterdir() if path.is_dir() and path.name != "probes"]
    found = {path.name: {part.stem for part in path.iterdir()} for path in folders}
    assert found == {"sum_of_fees": PARTS, "fresh_tags": PARTS}


def test_red_and_green_come_from_runs(built: Path) -> None:
    """The red transcript has the starter's message, the green one has every test passed."""
    folder = built / "docs/generated/sum_of_fees"
    red, green = (folder / "red.md").read_text(), (folder / "green.md").read_text()
    assert "assert 1 == 3" in red
    assert " 2 failed, 1 passed " in red
    assert " 3 passed " in green


def test_a_wrong_answer_is_shown_with_the_message_of_its_own_run(built: Path) -> None:
    """A rejected variant without a recorded message was run."""
    text = (built / "docs/generated/sum_of_fees/rejected.md").read_text()
    assert "### Largest" in text
    assert "assert 2 == 3" in text


def test_every_line_of_the_rulebook_has_its_lesson_and_its_tests(built: Path) -> None:
    """The matrix goes from each line to the lesson and to the tests that encode it; a lesson to come is named so."""
    rows = (built / "docs/generated/guidelines.md").read_text().splitlines()
    page = "[01 · Sum of fees](lessons/sum_of_fees.md)"
    assert f'| <span id="l1">L1</span> | Count every fee. | {page} | `test_every_fee_counts` |' in rows
    assert '| <span id="l5">L5</span> | Add a tag once. | tagged once, to come | |' in rows
    assert rows[0] == "3 of 4 lines have their lesson; the others are to come."


def test_a_correction_names_what_it_was_measured_on_and_by(built: Path) -> None:
    """Where the rulebook is wrong, the page says what is true, on which versions, by which test, in which lesson."""
    text = (built / "docs/generated/corrections.md").read_text()
    assert text.splitlines() == [
        "## The sum of one fee is always that fee.",
        "",
        "It is, unless it is not a number.",
        "",
        "- Lines: [L2](guidelines.md#l2)",
        f"- Measured on: pytest {pytest.__version__}",
        "- Measured by: `lessons/01_sum_of_fees/test_sum_of_fees.py::test_one_fee_is_its_own_total`",
        "- Taught in: [01 · Sum of fees](lessons/sum_of_fees.md)",
    ]


def test_a_draft_has_its_page_and_stops_nobody(course: Path, build: Build) -> None:
    """A lesson that is not recorded yet has a page with words in place of the parts; no list and no index names it."""
    scaffold.new("tagged_once")
    run = build(course)
    assert run.returncode == 0, run.stdout + run.stderr
    page = (course / "site/lessons/tagged_once/index.html").read_text()
    assert page.count("This part comes with <code>kata check 03 --record</code>") == len(PARTS)
    for name in ("lessons", "guidelines", "symptoms"):
        assert "tagged_once" not in (course / f"docs/generated/{name}.md").read_text()


def test_a_page_shows_its_parts(built: Path) -> None:
    """The parts reach the page, and none of them is a page of its own."""
    page = (built / "site/lessons/sum_of_fees/index.html").read_text()
    assert "Hint 3: how to repair it" in page
    assert "generated/" not in page
    assert not (built / "site/generated").exists()


def test_lessons_are_found_in_their_folders(built: Path) -> None:
    """The navigation lists chapters that have lessons, the lessons in order, then the pages, the symptoms first."""
    nav = json.loads((built / "docs/generated/nav.yml").read_text())["nav"]
    lessons = [{"01 · Sum of fees": "lessons/sum_of_fees.md"}, {"02 · Fresh tags": "lessons/fresh_tags.md"}]
    pages = ["symptoms.md", "tags.md", "guidelines.md", "corrections.md"]
    assert nav == ["index.md", {"Lessons": ["lessons/index.md", {"Writing": lessons}]}, *pages]


def test_a_second_build_writes_the_same(built: Path, tmp_path: Path, build: Build) -> None:
    """Two builds of one course give the same parts, byte for byte, whatever the settings of the terminal."""
    root = tmp_path / "elsewhere" / "course"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns("site", ".kata"))
    assert build(root, COLUMNS="132", FORCE_COLOR="1", CI="true", PYTEST_ADDOPTS="-vv").returncode == 0
    assert _files(built / "docs/generated") == _files(root / "docs/generated")


def test_the_site_loads_nothing_from_other_hosts(built: Path) -> None:
    """No script, style, font or picture of the built site comes from another host."""
    pages = [path.read_text() for path in (built / "site").rglob("*.html")]
    styles = [path.read_text() for path in (built / "site").rglob("*.css")]
    assert pages
    assert styles
    assert [_LOADED.findall(text) for text in pages] == [[] for _ in pages]
    assert [_IN_STYLES.findall(text) for text in [*pages, *styles]] == [[] for _ in [*pages, *styles]]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("[gone](nowhere.md)", "nowhere.md"),
        ("[gone](index.md#no-such-heading)", "no-such-heading"),
        ('--8<-- "generated/no_such_lesson/red.md"', "no_such_lesson"),
    ],
)
def test_a_broken_link_anchor_or_include_is_an_error(written: Path, words: str, complaint: str) -> None:
    """A fault in a page ends a strict build with exit code 1, and MkDocs names it."""
    (written / "docs/index.md").write_text(f"# Home\n\n{words}\n")
    run = _mkdocs(written)
    assert run.returncode == 1
    assert complaint in run.stderr


def test_a_lesson_without_a_page_is_an_error(written: Path) -> None:
    """A lesson whose page nobody wrote ends a strict build, and MkDocs names the file."""
    (written / "docs/lessons/fresh_tags.md").unlink()
    run = _mkdocs(written)
    assert run.returncode == 1
    assert "lessons/fresh_tags.md" in run.stderr


def test_with_its_parts_in_place_plain_mkdocs_builds_the_site(written: Path) -> None:
    """`mkdocs build --strict` needs nothing but the generated parts."""
    run = _mkdocs(written)
    assert (run.returncode, "WARNING" in run.stderr) == (0, False)


def test_only_what_differs_is_written(course: Path) -> None:
    """Parts that are as they should be are left alone; what a lesson or a part of before has left is removed."""
    left = course / "docs/generated/gone/red.md"
    left.parent.mkdir(parents=True)
    left.write_text("old\n")
    assert {"a.md", "b.md"} == {path.name for path in site._write({"x/a.md": "1", "x/b.md": "2"})}
    assert [course / "docs/generated/x/b.md"] == site._write({"x/a.md": "1", "x/b.md": "3"})
    assert site._write({"x/b.md": "3"}) == []
    assert not (course / "docs/generated/x/a.md").exists()
    assert (course / "docs/generated/x/b.md").read_text() == "3\n"
    assert not left.parent.exists()


def test_an_unknown_chapter_is_told_in_one_line(course: Path, build: Build) -> None:
    """A lesson in no chapter would be on no page; that is exit code 2 and one line."""
    path = course / "lessons" / TAGS / "lesson.toml"
    path.write_text(path.read_text().replace('chapter = "writing"', 'chapter = "wrting"'))
    run = build(course)
    line = f"lessons/{TAGS}/lesson.toml: no chapter 'wrting': take one of writing, structure\n"
    assert (run.returncode, run.stderr) == (2, line)


def test_a_wrong_call_is_told_in_one_line(course: Path, build: Build) -> None:
    """An unknown word is exit code 2 and one line."""
    run = build(course, "bild")
    assert (run.returncode, run.stderr.count("\n")) == (2, 1)


def _mkdocs(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
