"""A waiting process over a state folder of the test's own, gone at its end."""

from __future__ import annotations

import os
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
    """Return a function that finds the waiting processes of this test: the oldest of each session.

    What one forks shares its session at first, and leads one of its own soon.
    """
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("KATA_WARM", raising=False)
    monkeypatch.delenv("KATA_IDLE_MINUTES", raising=False)
    place = str(address.here().folder)

    def hosts() -> list[psutil.Process]:
        oldest: dict[int, psutil.Process] = {}
        for process in psutil.process_iter():
            with suppress(psutil.Error, ProcessLookupError):
                session = os.getsid(process.pid)
                if process.cmdline()[-2:] == ["docfliq_katas.warm.host", place] and session != process.pid:
                    oldest[session] = min(oldest.get(session, process), process, key=psutil.Process.create_time)
        return list(oldest.values())

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
