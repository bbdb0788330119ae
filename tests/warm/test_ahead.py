"""A run that is ready before anybody asks for it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas.warm.ahead import Ahead

if TYPE_CHECKING:
    from pathlib import Path

    from docfliq_katas.runner import Run, Running

ALONE = """
import os, psutil, sys
from pathlib import Path
from docfliq_katas.warm.ahead import Ahead

waiting = Ahead(Path(sys.argv[1]), [])
[child] = psutil.Process().children()
print(child.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def _ended(running: Running) -> Run:
    while not running.read():
        pass
    return running.finish()


def _children() -> set[psutil.Process]:
    return set(psutil.Process().children())


@pytest.fixture
def before() -> set[psutil.Process]:
    """The children that this process has already: multiprocessing keeps one for as long as it lives."""
    return _children()


def test_it_reads_the_lesson_when_it_goes(folder: Path) -> None:
    """What was saved while it waited counts, and what was there before does not."""
    waiting = Ahead(folder, [])
    (folder / "test_thing.py").write_text("def test_other() -> None:\n    assert 1 == 2\n")
    running = waiting.go()
    assert running
    assert list(_ended(running).red) == ["test_other"]


def test_one_that_died_meanwhile_is_none(folder: Path, before: set[psutil.Process]) -> None:
    """Whoever asks for it then begins another run."""
    waiting = Ahead(folder, [])
    [child] = _children() - before
    child.kill()
    while child.status() != psutil.STATUS_ZOMBIE:
        pass
    assert waiting.go() is None
    assert _children() <= before


def test_one_that_nobody_wants_is_ended(folder: Path, before: set[psutil.Process]) -> None:
    """Dropped, it leaves no process behind."""
    waiting = Ahead(folder, [])
    waiting.drop()
    assert _children() <= before


def test_it_ends_with_the_one_who_prepared_it(folder: Path) -> None:
    """When that process is killed, the run that waits ends by itself."""
    done = subprocess.run([sys.executable, "-c", ALONE, str(folder)], stdout=subprocess.PIPE, text=True, check=False)
    with suppress(psutil.NoSuchProcess):  # it was quick
        psutil.Process(int(done.stdout)).wait(timeout=30)
