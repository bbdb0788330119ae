from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import known, runner
from docfliq_katas.known import Known
from docfliq_katas.runner import Run
from docfliq_katas.trace.model import Trace

if TYPE_CHECKING:
    from pathlib import Path

RED = Known(
    Run(
        (runner.Test("test_sum", "failed", "saw 1"), runner.Test("test_none", "passed", "")),
        None,
        "1 failed, 1 passed",
        0.4,
        0.1,
    ),
    (Trace("test_sum", "A sum.", "failed", (), ()),),
)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a throw-away copy whose run is known, with a state folder of its own."""
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    return _copy(tmp_path / "first")


def test_the_same_files_have_the_same_outcome(copy: Path, tmp_path: Path) -> None:
    """Another copy of the same lesson need not run: what came out of the first comes back, with its traces."""
    known.remember(copy, "starter", RED)
    assert known.recall(_copy(tmp_path / "second"), "starter") == RED


def test_nothing_is_known_of_other_files(copy: Path, tmp_path: Path) -> None:
    """A changed file, one more file and another overlay are runs of their own."""
    known.remember(copy, "starter", RED)
    assert known.recall(_copy(tmp_path / "changed", "total = 1\n"), "starter") is None
    assert known.recall(copy, "reference") is None
    (copy / "seed.py").write_text("")
    assert known.recall(copy, "starter") is None


def test_nothing_is_known_of_other_machinery(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the machinery, the Python or a package changed, the outcome may have changed with it."""
    known.remember(copy, "starter", RED)
    monkeypatch.setattr(known, "_machinery", lambda: "another")
    assert known.recall(copy, "starter") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"mark": "x"}'])
def test_what_cannot_be_read_is_not_known(copy: Path, tmp_path: Path, text: str) -> None:
    """A file that was cut off, or that an older version wrote, costs a run and nothing else."""
    known.remember(copy, "starter", RED)
    (kept,) = (tmp_path / "state/known").iterdir()
    kept.write_text(text)
    assert known.recall(copy, "starter") is None


def test_a_plain_terminal_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs see 80 columns and no settings of this machine, which gets its own back afterwards."""
    monkeypatch.setenv("COLUMNS", "132")
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    before = dict(os.environ)
    with known.plain_terminal():
        assert os.environ["COLUMNS"] == "80"
        assert "CI" not in os.environ
    assert os.environ == before


def _copy(parent: Path, slice_: str = "total = 0\n") -> Path:
    folder = parent / "01_sum_of_fees"
    (folder / "src").mkdir(parents=True)
    (folder / "src/service.py").write_text(slice_)
    return folder
