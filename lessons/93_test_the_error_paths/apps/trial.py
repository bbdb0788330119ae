"""Runs of the tests in `src/tests`, each over one app and in a process of its own."""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
import time
import warnings
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection
    from multiprocessing.connection import Connection
    from types import FunctionType

# Imported once, before the fork, so that a run costs little; FastAPI asks for the last one later.
LIBRARIES = ("fastapi", "httpx", "pydantic.v1")
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
PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout")
NOT_NEEDED = ("cacheprovider", "doctest", "faulthandler", "junitxml", "pastebin", "stepwise")
OPTIONS = (
    *(f"-p{plugin}" for plugin in PLUGINS),
    *(f"-pno:{plugin}" for plugin in NOT_NEEDED),
    "--basetemp=tmp",
    "--import-mode=importlib",
    "--continue-on-collection-errors",
    "-q",
    "--tb=no",
)


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
        tests: The addresses of all the tests.
        green: The addresses of the tests that passed: `src/tests/test_x.py::test_y`.
        red: The tests that did not, and the files that could not be imported.
        collected: Where the tests are that pytest found: the path, and the line of `def` or of
            the first decorator.
        problem: Why there was no run, or empty.
    """

    tests: set[str] = field(default_factory=set)
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


class Running:
    """A run that was begun: the tests below a folder, in a process of their own."""

    def __init__(self, folder: Path, *, only: Collection[str] | None, to_the_end: bool) -> None:
        """Begin.

        Args:
            folder: The place; it is only good for one run.
            only: The addresses of the tests to run; None for all of them.
            to_the_end: Go on after the first red test, and say what a red one has compared.

        """
        notes = _Notes(folder, only, to_the_end=to_the_end)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old libraries, and forks beside a thread
            for library in LIBRARIES:
                importlib.import_module(library)
            context = get_context("fork")
            self.results, writing = context.Pipe(duplex=False)
            self._process = context.Process(target=_work, args=(notes, writing))
            self._process.start()
        writing.close()
        self._deadline = time.monotonic() + PATIENCE

    @property
    def patience(self) -> float:
        """The seconds that it may still take."""
        return max(self._deadline - time.monotonic(), 0.0)

    def end(self) -> Trial:
        """Return what came out, or what went wrong when nothing has; the process is gone then."""
        try:
            if not self.results.poll():
                return Trial(problem=f"the tests were not done after {PATIENCE:.0f} seconds")
            trial: Trial = self.results.recv()
        except EOFError:
            return Trial(problem="the process of the tests ended in the middle of them")
        finally:
            self.kill()
        return trial

    def kill(self) -> None:
        """End the process, wherever it is, and wait until it is gone."""
        self._process.kill()
        self._process.join()
        self.results.close()


def first_ended(runs: Collection[Running]) -> list[Running]:
    """Wait until a run has ended, or has taken too long, and return those of which that is true."""
    ended = wait([run.results for run in runs], timeout=min(run.patience for run in runs))
    return [run for run in runs if run.results in ended or not run.patience]


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
        pytest.main([*OPTIONS, *notes.options, str(TESTS)], plugins=[notes])
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
        self.options = [] if to_the_end else ["--assert=plain"]  # whose words nobody will read
        self._only = only
        self._to_the_end = to_the_end

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            code = _function(item).__code__
            self.trial.collected.add((self._inside(code.co_filename), code.co_firstlineno))
            self.trial.tests.add(item.nodeid)
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
        path, line, _ = item.location
        return Red(item.nodeid, said, self._own_line(item, caught) or f"{path}:{(line or 0) + 1}")

    def _own_line(self, item: pytest.Item, caught: pytest.ExceptionInfo[BaseException]) -> str:
        """Return the line of the test where it went wrong, not that of a helper, or empty."""
        code = _function(item).__code__
        tests = self.folder / TESTS
        inside = [at for at in caught.traceback if Path(at.path).is_relative_to(tests)]
        own = [at for at in inside if at.frame.code.raw is code]
        return next((f"{self._inside(str(at.path))}:{at.lineno + 1}" for at in own + inside), "")

    def _inside(self, path: str) -> str:
        inside = Path(path).is_relative_to(self.folder)
        return Path(path).relative_to(self.folder).as_posix() if inside else path


def _function(item: pytest.Item) -> FunctionType:
    """Return the function that the learner has written, without what pytest lays around it."""
    function: FunctionType = inspect.unwrap(getattr(item, "function", _nothing))
    return function


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
