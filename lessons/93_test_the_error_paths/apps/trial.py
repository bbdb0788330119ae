"""One run of the tests in `src/tests` over one app, in a process of its own."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
import warnings
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection
    from multiprocessing.connection import Connection

LIBRARIES = ("fastapi", "httpx")  # imported once, before the fork, so that a run costs little
TESTS = Path("src", "tests")
PATIENCE = 25.0  # seconds; a guard against tests that never end, not a measure
SETTINGS = """\
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
timeout = 10
filterwarnings =
    error:.*never awaited:RuntimeWarning
    error::pytest.PytestUnraisableExceptionWarning
"""
PLUGINS = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
OPTIONS = ("--import-mode=importlib", "--continue-on-collection-errors", "-q", "--tb=no")


@dataclass(frozen=True)
class Red:
    """A test that did not pass: its address, what it said, and its line."""

    test: str
    said: str
    where: str


@dataclass
class Trial:
    """What came out of one run.

    Attributes:
        green: The addresses of the tests that passed: `src/tests/test_x.py::test_y`.
        red: The tests that did not, and the files that could not be imported.
        collected: Where the tests are that pytest found: the path, and the line of `def` or of
            the first decorator.
        problem: Why there was no run, or empty.
    """

    green: list[str] = field(default_factory=list)
    red: list[Red] = field(default_factory=list)
    collected: set[tuple[str, int]] = field(default_factory=set)
    problem: str = ""


def lay_out(folder: Path, app: dict[str, bytes], tests: dict[str, bytes]) -> None:
    """Write an app and the tests of it below `folder`; the keys are paths such as `src/main.py`."""
    written = {folder / path: data for path, data in {**app, **tests}.items()}
    for parent in {path.parent for path in written}:
        parent.mkdir(parents=True, exist_ok=True)
    for path, data in written.items():
        path.write_bytes(data)
    (folder / "pytest.ini").write_text(SETTINGS)


def run(folder: Path, *, only: Collection[str] | None, to_the_end: bool) -> Trial:
    """Run the tests that were laid out below `folder`.

    Args:
        folder: The place; it is only good for one run.
        only: The addresses of the tests to run; None for all of them.
        to_the_end: Go on after the first red test.

    """
    notes = _Notes(folder, only, to_the_end=to_the_end)
    for library in LIBRARIES:
        importlib.import_module(library)
    context = get_context("fork")
    reading, writing = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(notes, writing))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12, where a thread runs
        process.start()
    writing.close()
    try:
        if not reading.poll(PATIENCE):
            return Trial(problem=f"the tests were not done after {PATIENCE:.0f} seconds")
        trial: Trial = reading.recv()
    except EOFError:
        return Trial(problem="the process of the tests ended in the middle of them")
    finally:
        process.kill()
        process.join()
        reading.close()
    return trial


def _work(notes: _Notes, results: Connection) -> None:
    """Do the run, in the forked process."""
    gc.freeze()  # what the parent has made is not looked through again
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the rest of the process
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stdout.fileno(), 2)
    warnings.resetwarnings()  # those of the parent's pytest
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] == "src"]:
        del sys.modules[name]
    sys.path.insert(0, str(notes.folder))
    os.chdir(notes.folder)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    try:
        importlib.import_module("src.main")
    except Exception as error:  # noqa: BLE001 - it is the verdict
        notes.trial.problem = f"the app cannot be imported: {error!r}"
    else:
        _take_the_source_away(notes.folder)
        pytest.main([*PLUGINS, *OPTIONS, str(TESTS)], plugins=[notes])
    results.send(notes.trial)


def _take_the_source_away(folder: Path) -> None:
    """Remove the files of the app, which is imported: a test asks what it does, not how."""
    for path in (folder / "src").rglob("*.py"):
        if not path.is_relative_to(folder / TESTS) and path.name != "__init__.py":
            path.unlink()


class _Notes:
    """A plugin that keeps what the parent wants to know."""

    def __init__(self, folder: Path, only: Collection[str] | None, *, to_the_end: bool) -> None:
        self.trial = Trial()
        self.folder = folder
        self._only = only
        self._to_the_end = to_the_end

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            function = inspect.unwrap(getattr(item, "function", _nothing))
            line = function.__code__.co_firstlineno
            self.trial.collected.add((self._inside(function.__code__.co_filename), line))
        if self._only is not None:
            items[:] = [item for item in items if item.nodeid in self._only]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            said = str(report.longrepr).strip().splitlines()[-1].removeprefix("E ")
            self.trial.red.append(Red(report.nodeid, said.strip(), report.nodeid))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if report.failed and call.excinfo:
            self.trial.red.append(self._red(item, call.excinfo))
            if not self._to_the_end:
                item.session.shouldstop = "one red test is enough"
        elif report.when == "call" and report.passed:
            self.trial.green.append(item.nodeid)
        return report

    def _red(self, item: pytest.Item, caught: pytest.ExceptionInfo[BaseException]) -> Red:
        said = _first_cause(caught.value).replace(f"{self.folder}/", "")
        lines = [
            f"{self._inside(str(entry.path))}:{entry.lineno + 1}"
            for entry in caught.traceback
            if Path(entry.path).is_relative_to(self.folder / TESTS)
        ]
        path, line, _ = item.location
        return Red(item.nodeid, said, [f"{path}:{(line or 0) + 1}", *lines][-1])

    def _inside(self, path: str) -> str:
        inside = Path(path).is_relative_to(self.folder)
        return Path(path).relative_to(self.folder).as_posix() if inside else path


def _nothing() -> None:
    """Stand in for the function of an item that has none."""


def _first_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line for line in str(error).splitlines() if line.strip()]
    words = lines[0] if lines else ""
    if isinstance(error, AssertionError):
        return words or "an assertion that does not hold"
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
