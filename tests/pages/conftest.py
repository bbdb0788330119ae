"""The fake course with a site: the project's own mkdocs.yml, a home page and an overview of the lessons."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from docfliq_katas import catalogue
from tests.fake_course import SUM, TAGS, fake_course

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson

PROJECT = Path(__file__).resolve().parents[2]


class Build(Protocol):
    """Build a site in a process of its own, as a user does, and return what came out."""

    def __call__(self, root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Build, or do what `arguments` say, for the course at `root`."""


@pytest.fixture(scope="session")
def build() -> Build:
    """Run `python -m docfliq_katas.pages`."""

    def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "docfliq_katas.pages", *(arguments or ["build"])],
            env={**os.environ, "KATA_ROOT": str(root), "KATA_STATE_DIR": str(root / ".kata"), **environment},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the course with its site once."""
    root = fake_course(tmp_path_factory.mktemp("course") / "course")
    shutil.copy(PROJECT / "mkdocs.yml", root)
    shutil.copytree(PROJECT / "docs/assets", root / "docs/assets")
    (root / "docfliq_katas/pages").mkdir(parents=True)
    for hook in ("tags", "names"):
        shutil.copy(PROJECT / f"docfliq_katas/pages/{hook}_hook.py", root / "docfliq_katas/pages")
    shutil.copy(PROJECT / "docs/tags.md", root / "docs")
    (root / "docs/index.md").write_text("# Home\n\n[All lessons](lessons/index.md)\n")
    (root / "docs/lessons/index.md").write_text('# All lessons\n\n--8<-- "generated/lessons.md"\n')
    for name in ("guidelines", "corrections", "symptoms"):
        (root / f"docs/{name}.md").write_text(f'# About the rulebook\n\n--8<-- "generated/{name}.md"\n')
    return root


@pytest.fixture(scope="session")
def built(template: Path, tmp_path_factory: pytest.TempPathFactory, build: Build) -> Path:
    """Give tests that only read a course whose site has been built."""
    root = tmp_path_factory.mktemp("built") / "course"
    shutil.copytree(template, root)
    run = build(root)
    assert run.returncode == 0, run.stdout + run.stderr
    return root


@pytest.fixture
def written(built: Path, tmp_path: Path) -> Path:
    """Give the test a copy of the built course, to spoil its pages and call plain `mkdocs` there."""
    root = tmp_path / "spoilt"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns("site", ".kata", ".git"))
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a course and a state folder of its own."""
    root = tmp_path / "course"
    shutil.copytree(template, root)
    monkeypatch.setenv("KATA_ROOT", str(root))
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    return root


@pytest.fixture
def fees(course: Path) -> Lesson:
    """Give the test the first lesson; its slice loses the last fee."""
    return catalogue.read(course / "lessons" / SUM)


@pytest.fixture
def tags(course: Path) -> Lesson:
    """Give the test the second lesson, which builds on the first and which a linter sees."""
    return catalogue.read(course / "lessons" / TAGS)
