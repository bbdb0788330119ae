from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import catalogue, starter
from docfliq_katas.errors import Misuse
from tests.fake_course import SUM

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "src/fees/service.py"


def _commit(course: Path) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, "commit", "--quiet", "-am", "mine"], cwd=course, check=True)


def test_an_untouched_lesson_has_no_edits(course: Path) -> None:
    """A lesson as it was published differs in nothing."""
    assert starter.edited(catalogue.find("01")) == []


def test_changed_removed_and_added_files_are_edits(course: Path) -> None:
    """Every kind of difference is named by its path."""
    folder = course / "lessons" / SUM
    (folder / SERVICE).write_text("x = 1\n")
    (folder / "README.md").unlink()
    (folder / "notes.txt").write_text("mine\n")
    assert starter.edited(catalogue.find("01")) == ["README.md", "notes.txt", SERVICE]


def test_caches_and_hidden_files_are_no_edits(course: Path) -> None:
    """What Python and editors leave behind is not the learner's work."""
    folder = course / "lessons" / SUM
    (folder / "src/__pycache__").mkdir()
    (folder / "src/__pycache__/x.pyc").write_bytes(b"")
    (folder / ".swp").write_text("")
    assert starter.edited(catalogue.find("01")) == []


def test_other_line_ends_are_no_edits(course: Path) -> None:
    """A checkout with CRLF line ends holds the same lesson."""
    file = course / "lessons" / SUM / SERVICE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert starter.edited(catalogue.find("01")) == []


def test_the_published_files_come_back_after_a_commit(course: Path) -> None:
    """The starter is found by its content, even after the learner committed over it."""
    file = course / "lessons" / SUM / SERVICE
    published = file.read_bytes()
    file.write_text("mine = 1\n")
    _commit(course)
    assert starter.original(catalogue.find("01"))[SERVICE] == published


def test_a_starter_that_git_does_not_have_is_one_line(course: Path) -> None:
    """Without the history, an edited file cannot come back, and the line says where from."""
    (course / "lessons" / SUM / SERVICE).write_text("mine = 1\n")
    seal = course / "solutions" / SUM / "starter.lock"
    seal.write_text("".join(f"{'0' * 40}{line[40:]}" for line in seal.read_text().splitlines(keepends=True)))
    with pytest.raises(Misuse, match="take it from a fresh clone"):
        starter.original(catalogue.find("01"))


def test_without_git_an_edited_lesson_is_one_line(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is told so when git is needed, and only then."""
    monkeypatch.setenv("PATH", str(course))
    assert starter.original(catalogue.find("01"))
    (course / "lessons" / SUM / SERVICE).write_text("mine = 1\n")
    with pytest.raises(Misuse, match="git is not installed"):
        starter.original(catalogue.find("01"))


def test_a_seal_that_is_missing_is_one_line(course: Path) -> None:
    """A lesson without a seal says how to get one."""
    (course / "solutions" / SUM / "starter.lock").unlink()
    with pytest.raises(Misuse, match="kata check 01 --record"):
        starter.sealed(catalogue.find("01"))


def test_sealing_makes_the_present_files_the_published_ones(course: Path) -> None:
    """After sealing, the lesson as it lies there is the starter, also for git; the version has changed."""
    lesson = catalogue.find("01")
    before = starter.digest(lesson)
    (course / "lessons" / SUM / SERVICE).write_text("better = 1\n")
    starter.seal(lesson)
    (course / "lessons" / SUM / SERVICE).write_text("mine = 1\n")
    assert starter.original(lesson)[SERVICE] == b"better = 1\n"
    assert starter.digest(lesson) != before
