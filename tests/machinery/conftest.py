from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fake_course import fake_course

PROJECT = Path(__file__).resolve().parent.parent.parent

Pytest = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fake course, which the machinery takes for the real one."""
    monkeypatch.setenv("KATA_ROOT", str(tmp_path / "course"))
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    return fake_course(tmp_path / "course")


@pytest.fixture
def run_pytest(course: Path) -> Pytest:
    """Run pytest as a learner does, from the course's root or from a folder in it."""

    def run(*arguments: str, place: str = "") -> subprocess.CompletedProcess[str]:
        options = ["-c", str(PROJECT / "pyproject.toml"), f"--rootdir={course}", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.run(command, cwd=course / place, capture_output=True, text=True, check=False)

    return run
