"""A waiting process over a state folder of the test's own, gone at its end."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas.warm import address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[psutil.Process]]]:
    """Return a function that finds the waiting processes of this test; forked runs are no such process."""
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("KATA_WARM", raising=False)
    monkeypatch.delenv("KATA_IDLE_MINUTES", raising=False)
    place = str(address.here().folder)

    def hosts() -> list[psutil.Process]:
        found: dict[psutil.Process, int] = {}  # with its parent: a fork may have a lower number, and come first
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.cmdline()[-2:] == ["docfliq_katas.warm.host", place]:
                    found[process] = process.ppid()
        pids = {process.pid for process in found}
        return [process for process, parent in found.items() if parent not in pids]

    yield hosts
    for process in hosts():
        with suppress(psutil.NoSuchProcess):  # it may be on its way out by itself
            for each in [process, *process.children(recursive=True)]:
                each.kill()
        process.wait(20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one test, as far as the runner cares."""
    folder = tmp_path / "01_thing"
    folder.mkdir()
    (folder / "test_thing.py").write_text("def test_thing() -> None:\n    pass\n")
    return folder
