"""The pytest plugin: short paths to lessons, one import world per lesson, teaching reports, progress.

Loaded through the entry point of the installed project; everything outside lessons keeps pytest's own behaviour.
"""

from __future__ import annotations

import gc
import random
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas import catalogue, excerpt, report
from docfliq_katas.endless import NoEnd, import_limit
from docfliq_katas.errors import Misuse
from docfliq_katas.recorder import Recorder
from docfliq_katas.state import project_root
from docfliq_katas.world import Worlds

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import ModuleType

pytest_plugins = ["docfliq_katas.fixtures", "docfliq_katas.endless", "docfliq_katas.spread"]

_WORLDS = pytest.StashKey[Worlds]()
_TEST_LIMIT = 30.0  # seconds; a guard against a slice that never ends


class LessonDirectory(pytest.Directory):
    """A folder with a lesson.toml; its modules live in a world of their own."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Collect the lesson's test file, and nothing of the slice."""
        for path in sorted(self.path.glob("test_*.py")):
            yield from self.ihook.pytest_collect_file(file_path=path, parent=self)


class LessonModule(pytest.Module):
    """The test file of a lesson; a slice that cannot be imported is told in one line."""

    def _getobj(self) -> ModuleType:
        try:
            with import_limit():
                return super()._getobj()  # type: ignore[no-any-return, no-untyped-call]  # pytest leaves it untyped
        except Exception as error:
            cause = error.__cause__ if isinstance(error, self.CollectError) else error
            if cause is None or self.config.getoption("full"):
                raise
            raise self.CollectError(report.import_problem(cause, self.path.parent)) from None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--full`, pytest's own reports instead of the short teaching ones, and `--shuffle`."""
    group = parser.getgroup("katas")
    group.addoption("--full", action="store_true", help="show pytest's full report of a red test")
    group.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in a random order, the same for a seed")
    group.addoption("--tidied", action="store_true", help="drop no database: who started this run does")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Translate `lessons/3` and `lessons/03::test_x`, and make ready what the session needs."""
    config.stash[_WORLDS] = Worlds()
    try:
        config.args = [_translate(argument, config.invocation_params.dir) for argument in config.args]
    except Misuse as error:
        pytest.exit(str(error), returncode=2)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config), "kata-recorder")
    if all(_is_in_a_lesson(argument) for argument in config.args):
        if not config.pluginmanager.hasplugin("timeout"):
            pytest.exit("lessons need the plugin pytest-timeout: run without `-p no:timeout`", returncode=2)
        config.option.reportchars = "N"  # the recorder closes with the names of the red tests
        if config.option.timeout is None:
            config.option.timeout = _TEST_LIMIT


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mix the tests where `--shuffle` asks for it."""
    seed = config.getoption("shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)  # noqa: S311 - an order that can be repeated, not a secret


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Recognise a lesson folder."""
    if (path / "lesson.toml").is_file():
        return LessonDirectory.from_parent(parent, path=path)
    return None


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect the test file of a lesson in a way that explains import errors."""
    if isinstance(parent, LessonDirectory):
        return LessonModule.from_parent(parent, path=module_path)
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Collect every lesson in its own world."""
    collector.config.stash[_WORLDS].switch(_lesson_folder(collector))
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run every test in the world of its lesson."""
    item.config.stash[_WORLDS].switch(_lesson_folder(item))
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what a red test of a lesson wants to teach, instead of a traceback."""
    with _no_collection():
        result = yield
        folder = _lesson_folder(item)
        if folder and not item.config.getoption("full"):
            result.sections = [(name, text) for name, text in result.sections if "stdout" in name]
            if result.failed and call.excinfo:
                _leave_without_a_verdict(item, call.excinfo.value)
                result.longrepr = report.teach(item, call.excinfo, folder)
    return result


def _leave_without_a_verdict(item: pytest.Item, error: BaseException) -> None:
    """End the run, in one line, where a red test says nothing about the slice: a server of it is dead, or misused."""
    from docfliq_katas import services  # noqa: PLC0415 - a lesson without servers starts at once

    try:
        if isinstance(error, Misuse):
            raise error
        services.insist_on(services.BY_NAME.keys() & getattr(item, "fixturenames", ()))
    except Misuse as misuse:
        # pytest would tear down after its last line, and end with the traceback of what that causes.
        with suppress(Exception, NoEnd):
            item.session._setupstate.teardown_exact(None)  # noqa: SLF001 - there is no public way
        pytest.exit(str(misuse), returncode=2)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> Generator[None]:
    """Show the first red test of a lesson in full and each other one in a line, and say how to see one of those."""
    told = set()
    cut = []
    for result in _in_order_of_sight(terminalreporter):
        lesson = result.nodeid.partition("::")[0]
        if lesson in told and isinstance(result.longrepr, str) and not config.getoption("full"):
            result.longrepr = excerpt.in_a_line(result.longrepr)
            result.sections = []
            cut.append(result.nodeid)
        told.add(lesson)
    yield
    if cut:
        terminalreporter.write_line("Other red tests are cut to a line: --full shows all of them.")
        for line in _alone(min(cut, key=len), config.rootpath):
            terminalreporter.write_line(line)


def _in_order_of_sight(reporter: pytest.TerminalReporter) -> list[Any]:
    """Return the reports of red tests as they are shown, except that a teardown, often a consequence, comes last."""
    errors = reporter.getreports("error")
    late = [result for result in errors if getattr(result, "when", None) == "teardown"]
    return [*(result for result in errors if result not in late), *reporter.getreports("failed"), *late]


def _alone(nodeid: str, root: Path) -> list[str]:
    """Return a line with the command for one test, or nothing in a throw-away copy, which that would not run."""
    file, _, test = nodeid.partition("::")
    folder = (root / file).resolve().parent
    if folder.parent != project_root() / "lessons":
        return []
    return [f"One alone: pytest lessons/{folder.name[:2]}::{test.partition('[')[0]}"]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Forget what slices left open, in silence: every verdict is given, and pytest would end with a traceback."""
    if all(_is_in_a_lesson(argument) for argument in session.config.args):
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):  # of the last red test, with its frames
            vars(sys).pop(name, None)
        hook, sys.unraisablehook = sys.unraisablehook, lambda _: None
        gc.collect()
        sys.unraisablehook = hook


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the last world."""
    if _WORLDS in config.stash:
        config.stash[_WORLDS].switch(None)


def _lesson_folder(node: pytest.Item | pytest.Collector) -> Path | None:
    directory = node.getparent(LessonDirectory)
    return directory.path if directory else None


def _is_in_a_lesson(argument: str) -> bool:
    path = Path(argument.partition("::")[0]).resolve()
    return any((folder / "lesson.toml").is_file() for folder in (path, path.parent)) or path.name == "lessons"


def _translate(argument: str, invoked_in: Path) -> str:
    path, separator, test = argument.partition("::")
    place = Path(invoked_in, path)
    lessons = project_root() / "lessons"
    if not place.exists() and place.resolve().parent == lessons:
        name = catalogue.folder_name(path)
        if name is None:
            catalogue.find(path)
        place = lessons / str(name)
        argument = f"{place}{separator}{test}"
    if separator and (place / "lesson.toml").is_file():
        return f"{place / f'test_{place.name[3:]}.py'}::{test}"
    return argument


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the garbage collector back while source is parsed.

    What it ends may parse as well, and in Python up to 3.11.7 and 3.12.1 a parse within a parse is a SystemError
    (gh-106905): one in six red reports of a slice that left a server and its connections behind.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
