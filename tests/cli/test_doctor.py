from __future__ import annotations

import subprocess
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import doctor

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson
    from tests.cli.conftest import Kata


@pytest.fixture(autouse=True)
def _healthy(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock what is installed, and take the user's own servers out of the environment."""
    (course / "requirements.lock").write_text(
        f"typer=={metadata.version('typer')} \\\n    --hash=sha256:00\n"
        f"rich=={metadata.version('rich')}\n"
        "numpy==0.0.1 ; python_full_version < '3.0'\n"
        f"numpy=={metadata.version('numpy')} ; python_full_version >= '3.0'\n"
        "needed-elsewhere==1.0 ; sys_platform == 'win32'\n"
    )
    for name in ("KATA_POSTGRES_URL", "KATA_MONGODB_URL", "KATA_REDIS_URL", "KATA_ALLOW_REMOTE", "KATA_IDLE_MINUTES"):
        monkeypatch.delenv(name, raising=False)


def _problems() -> list[str]:
    return [finding.words for finding in doctor.findings() if finding.is_problem]


def test_a_healthy_machine_is_0(kata: Kata, tmp_path: Path) -> None:
    """Where all is well, each line says OK in words, and the exit code is 0."""
    done = kata("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    told = " ".join(done.stdout.split())
    for words in (
        "OK: Python 3.",
        "OK: 4 packages are as in requirements.lock",
        "OK: git, with the history of the course",
        f"OK: the state folder {tmp_path / 'state'} can be written and holds 0 MB",
        "MB of disk are free",
        "OK: 2 lessons can be read, each with the course's own tests",
        "OK: PostgreSQL: down, starts on first need",
        f"KATA_STATE_DIR={tmp_path / 'state'}",
        "All is well",
    ):
        assert words in told


def test_a_problem_is_2_and_says_what_to_do(kata: Kata, lesson: Lesson) -> None:
    """A problem is a word at the beginning of its line, with the cure behind it, and the exit code is 2."""
    lesson.test_file.write_text("")
    done = kata("doctor")
    told = " ".join(done.stdout.split())
    assert done.returncode == 2
    assert "problem: lessons/01_sum_of_fees/test_sum_of_fees.py is not the course's file." in told
    assert "`kata reset 01 --tests` puts it back" in told
    assert done.stdout.splitlines()[-1] == "1 problem found"


def test_packages_that_differ_from_the_lock_are_named(course: Path) -> None:
    """A package with another version, and one that is missing, are named."""
    (course / "requirements.lock").write_text("typer==0.0.1\nno-such-package==1.0\nrich[all]==0.1 \\\n")
    (problem,) = _problems()
    assert problem.startswith("no-such-package, rich, typer are not as in requirements.lock. Run ./kata")


def test_a_missing_lock_is_a_problem(course: Path) -> None:
    """Without requirements.lock nothing can be compared, and the doctor says so."""
    (course / "requirements.lock").unlink()
    (problem,) = _problems()
    assert "requirements.lock is missing" in problem


def test_a_machine_without_git_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without git the starters cannot come back."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed. Install it: `kata reset` takes the starters from the history" in _problems()


def test_a_shallow_clone_is_told(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shallow clone may not hold the starters."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", course.as_uri(), clone], check=True)
    (clone / "requirements.lock").write_text("")
    monkeypatch.setenv("KATA_ROOT", str(clone))
    (problem,) = _problems()
    assert problem.startswith("the clone is shallow. Run `git fetch --unshallow`")


def test_a_folder_without_history_is_told(course: Path) -> None:
    """A course that was copied without its history cannot bring starters back."""
    (course / ".git").rename(course / "not-git")
    (problem,) = _problems()
    assert problem.startswith("git does not read this folder (")


def test_little_space_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is nearly full is a problem before a server finds out."""
    monkeypatch.setattr(doctor, "_LEAST_SPACE", 10**18)
    (problem,) = _problems()
    assert problem.endswith("Free 1,000,000,000,000 MB for the servers")


def test_a_remote_server_of_ones_own_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that leads to another machine is a problem, and its password is not shown."""
    monkeypatch.setenv("KATA_POSTGRES_URL", "postgresql://me:hidden@db.example.org/main")
    (problem,) = _problems()
    assert problem.startswith("KATA_POSTGRES_URL leads to db.example.org, which is not this machine")
    assert "hidden" not in problem


def test_a_lesson_that_cannot_be_read_stops_no_other_look(course: Path) -> None:
    """One broken thing is one finding among the others."""
    (course / "lessons/01_sum_of_fees/lesson.toml").write_text("slug = ")
    found = list(doctor.findings())
    assert [finding.words for finding in found if finding.is_problem] == [_problems()[0]]
    assert "lesson.toml is not valid TOML" in _problems()[0]
    assert any(finding.words.startswith("MongoDB") for finding in found)
