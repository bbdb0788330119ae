"""The commonest stumble: pytest was called outside of `.venv`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

_WITHOUT_THE_COURSE = """
import importlib.metadata
import sys

import pytest


def version(name):
    raise importlib.metadata.PackageNotFoundError(name)


importlib.metadata.version = version
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_it_is_one_line_that_says_what_to_do() -> None:
    """Another Python's pytest collects nothing: it says which commands lead to the course's, and ends with 2."""
    command = [sys.executable, "-c", _WITHOUT_THE_COURSE, "lessons/01_guard_clauses"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "./kata" in line
    assert "source .venv/bin/activate" in line
