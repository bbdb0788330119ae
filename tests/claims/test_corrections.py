"""Every correction of the rulebook is backed by tests that exist and run."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import rulebook

if TYPE_CHECKING:
    from docfliq_katas.rulebook import Correction

ROOT = Path(__file__).resolve().parent.parent.parent
CORRECTIONS = rulebook.corrections()


def _says(correction: Correction) -> str:
    return correction.says


@pytest.mark.parametrize("correction", CORRECTIONS, ids=_says)
def test_its_tests_exist(correction: Correction) -> None:
    """A row names tests of this suite or of a lesson, by file and name."""
    for name in correction.tests:
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("correction", CORRECTIONS, ids=_says)
def test_its_packages_are_pinned(correction: Correction) -> None:
    """The versions that the page prints are those of the lock."""
    lock = (ROOT / "requirements.lock").read_text()
    for package in correction.packages:
        assert f"\n{package}=={version(package)} " in f"\n{lock}"


def test_every_claim_that_is_measured_is_printed() -> None:
    """A test of this folder that no row names would measure for nobody."""
    named = {name for correction in CORRECTIONS for name in correction.tests}
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]
    measured = {
        f"tests/claims/{path.name}::{node.name}"
        for path in files
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    assert measured - named == set()
