"""The part of the pytest plugin for what never ends: a module's import, and the first such test of a lesson.

Each test has half a minute for itself, and says where it hung. Where one had no end, the others of its lesson would
often take as long and say the same: they are skipped.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import pytest_timeout

from docfliq_katas.probes.frames import freeze, where_awaiting, where_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from docfliq_katas.probes.frames import Where

_STOPPED = pytest.StashKey[set["Path"]]()
_PLACES = 3  # more would not fit beside each other
_IMPORT_LIMIT = float(os.environ.get("KATA_IMPORT_SECONDS", "20"))


class NoEnd(BaseException):
    """A test was stopped by its time limit.

    Attributes:
        places: where in the slice it hung, the newest task first; empty where that is not in the slice.
    """

    def __init__(self, seconds: float, places: list[Where]) -> None:
        self.places = places
        super().__init__(
            f"no end: the test was stopped by its time limit of {seconds:.0f} s; those after it did not run"
        )


@pytest.hookimpl(optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: pytest_timeout.Settings) -> bool | None:
    """Stop a test of a lesson in its own words; all others, and those with `--full`, in those of pytest-timeout."""
    folder = item.path.parent
    if item.config.getoption("full") or settings.method != "signal" or not (folder / "lesson.toml").is_file():
        return None
    if threading.current_thread() is not threading.main_thread():
        return None

    def stop(_number: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        if pytest_timeout.is_debugging() and not settings.disable_debugger_detection:
            return
        item.session.stash.setdefault(_STOPPED, set()).add(folder)
        raise NoEnd(settings.timeout, list(dict.fromkeys(_places(frame)))[:_PLACES])

    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    item.cancel_timeout = cancel  # type: ignore[attr-defined]  # this is how pytest-timeout asks for it
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout, settings.timeout)  # again, for what follows the test
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what comes after a test of the same lesson that had no end."""
    if item.path.parent in item.session.stash.get(_STOPPED, set()):
        pytest.skip("a test of this lesson had no end")


@contextmanager
def import_limit() -> Iterator[None]:
    """Raise TimeoutError in a module that does not finish its import; pytest-timeout guards only the tests."""

    def expire(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"still importing after {_IMPORT_LIMIT:.0f} s: an endless loop at module level?")

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, _IMPORT_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _places(frame: FrameType | None) -> Iterator[Where]:
    """Yield where the slice is at work, or else where its tasks and threads wait."""
    tasks = _waiting_tasks()
    running = where_in(freeze(frame)) if frame and not tasks else None
    if running:
        yield running
        return
    frames = sys._current_frames().values()  # noqa: SLF001 - the documented way in
    yield from filter(None, [*map(where_awaiting, tasks), *(where_in(freeze(each)) for each in frames)])


def _waiting_tasks() -> list[asyncio.Task[object]]:
    """Return the tasks of a loop that has nothing to do, the newest first: a request is newer than a worker."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return []
    if asyncio.current_task(loop):
        return []
    return sorted(asyncio.all_tasks(loop), key=_age, reverse=True)


def _age(task: asyncio.Task[object]) -> int:
    number = re.fullmatch(r"Task-(\d+)", task.get_name())
    return int(number[1]) if number else 0
