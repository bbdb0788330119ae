"""A fake course that the gate has recorded once; every test gets a copy to spoil."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.check import Violation, check, examine, lint, runs
from docfliq_katas.check.summary import Findings
from docfliq_katas.warm import libraries
from tests.fake_course import SUM, TAGS, fake_course, seal

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.check.violation import Published


class Course:
    """The copy of one test: files to edit, and the parts of the gate to ask."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace `old`, which must be there, in the file at `path`."""
        text = (self.root / path).read_text()
        assert old in text
        (self.root / path).write_text(text.replace(old, new))

    def edit_lesson(self, path: str, old: str, new: str) -> None:
        """Replace text in the first lesson, and publish it so."""
        self.edit(f"lessons/{SUM}/{path}", old, new)
        self.seal()

    def seal(self) -> None:
        """Publish the first lesson as it lies there."""
        seal(self.root, SUM)

    def complaints(self, *, sealed: bool = False) -> list[str]:
        """Return what reading the files finds, as lines without the first lesson's name."""
        return _lines(self._examined(sealed=sealed)[0].violations)

    def notes(self) -> list[str]:
        """Return what the gate has to say beside violations."""
        return self._examined()[0].notes

    def complaints_of_linters(self) -> list[str]:
        """Return what ruff and mypy find in both lessons."""
        return _lines(list(lint.problems(self._examined()[1], workers=2)))

    def complaints_of_runs(self, lesson: str = SUM) -> list[str]:
        """Return what running one lesson under its overlays finds."""
        published = [item for item in self._examined()[1] if item.lesson.name == lesson]
        verdicts = runs.verdicts(published, workers=2, record=False)
        return sorted(what for verdict in verdicts for what in verdict.problems)

    def _examined(self, *, sealed: bool = False) -> tuple[Findings, list[Published]]:
        findings = Findings([SUM, TAGS])
        published = examine(findings, sealed=sealed)
        findings.sort()
        return findings, published


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one state folder for all tests of the gate: it keeps mypy's cache warm."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, state: Path) -> Path:
    """Return the fake course with golden messages."""
    root = fake_course(tmp_path_factory.mktemp("course"))
    with pytest.MonkeyPatch.context() as patch:
        _look_at(root, state, patch)
        assert check([], record=True) == 0
    return root


@pytest.fixture
def course(recorded: Path, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Return a copy of the recorded course; the machinery looks at it."""
    root = shutil.copytree(recorded, tmp_path / "course")
    _look_at(root, state, monkeypatch)
    return Course(root)


def _look_at(root: Path, state: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("KATA_ROOT", str(root))
    patch.setenv("KATA_STATE_DIR", str(state))
    patch.setattr(libraries, "_LIBRARIES", ())  # the fake course needs none of them


def _lines(violations: list[Violation]) -> list[str]:
    return [str(violation).removeprefix(f"lessons/{SUM}: ") for violation in violations]
