"""Every error path has a test that turns red when it breaks.

The tests in src/tests are run over the app in src, over two other apps that keep the same promises,
and over nine that break one each: side by side, as far as there are processors. The apps are in the
folder apps, and apps/trial.py runs the tests.
"""

import ast
import os
import tomllib
from collections.abc import Iterator, Sized
from functools import cache
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple, Self

import pytest
from apps.trial import Running, Trial, first_ended, lay_out
from docfliq_katas.probes.verdict import refuse, shorten

HERE = Path(__file__).parent
MINE = "src/tests/"
MOST_SHOWN = 2
AT_ONCE = min(os.cpu_count() or 1, 4)
RIGHT = ["one_module", "in_layers"]
FAULTS = tomllib.loads((HERE / "apps" / "bugs.toml").read_text(encoding="utf-8"))


class Written(NamedTuple):
    """A test as it stands in the text, with the lines of its `def` and its decorators."""

    name: str
    path: str
    lines: tuple[int, ...]


class Trials:
    """The tests over every app, once each: `mine`, other right apps, and those with a fault."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._waiting = ["mine", *RIGHT]
        self._running: dict[str, Running] = {}
        self._done: dict[str, Trial] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running.values():
            running.kill()

    def over(self, app: str) -> Trial:
        """Return what came out of the tests over an app, as soon as it is known."""
        while app not in self._done:
            if app in self._waiting:
                self._waiting.remove(app)
                self._waiting.insert(0, app)
            self._go_on()
        return self._done[app]

    def _go_on(self) -> None:
        """Begin what there is room for, and take in what ends first."""
        while self._waiting and len(self._running) < AT_ONCE:
            app = self._waiting.pop(0)
            self._running[app] = self._begin(app)
        ended = first_ended(self._running.values())
        for app in [app for app, running in self._running.items() if running in ended]:
            self._done[app] = self._running.pop(app).end()
            if app == "mine":  # what is red on the app itself says nothing about a fault
                self._waiting += [fault for fault in FAULTS if fault_fits(fault)]

    def _begin(self, app: str) -> Running:
        folder = Path(mkdtemp(dir=self._root)).resolve()
        lay_out(folder, app_files(app), my_tests())
        only = self._done["mine"].green if app in FAULTS else None
        return Running(folder, only=only, to_the_end=app not in FAULTS)


@pytest.fixture(scope="module")
def trials() -> Iterator[Trials]:
    with TemporaryDirectory(prefix="kata-tests-") as root, Trials(Path(root)) as trials:
        yield trials


def test_the_tests_are_green_on_the_app(trials: Trials) -> None:
    """The app is right, so that a red test says something wrong about it."""
    outcome = trials.over("mine")
    if not outcome.green + outcome.red and not outcome.problem:
        refuse(saw="no test was run", wants="tests of the app", look_at=MINE)
    expect_green(
        outcome,
        "the app",
        wants="tests that are green on the app: it has no fault, and no source that they can read",
    )


@pytest.mark.parametrize("app", RIGHT)
def test_the_tests_are_green_on_another_right_app(trials: Trials, app: str) -> None:
    """What is green on the app is green on every app that keeps the promises."""
    mine = trials.over("mine")
    outcome = trials.over(app)
    # Tests that are red on the app, and files that cannot be imported over any, are told above.
    known = mine.tests.difference(mine.green) | {red.test for red in mine.red}
    outcome.red = [red for red in outcome.red if red.test not in known]
    where = "another app that keeps every promise of README.md"
    wants = "tests that ask for what the API promises, and for nothing else"
    expect_green(outcome, where, wants=wants)
    skipped = [name(test) for test in mine.green if test not in outcome.green]
    if skipped:
        refuse(
            saw=f"not green on {where}, but skipped: {', '.join(skipped[:MOST_SHOWN])}",
            wants=wants,
            look_at=MINE,
        )


@pytest.mark.guideline("L313")
def test_every_test_is_run(trials: Trials) -> None:
    """A test that pytest does not find is green for ever."""
    found = trials.over("mine").collected
    written = list(written_tests())
    lost = [test for test in written if found.isdisjoint((test.path, line) for line in test.lines)]
    if lost:
        refuse(
            saw=f"pytest does not find {len(lost)} of {len(written)} tests: "
            + ", ".join(test.name for test in lost),
            wants=f"every test below {MINE}, and under a name that pytest looks for",
            look_at=", ".join(f"{test.path}:{test.lines[0]}" for test in lost),
        )


@pytest.mark.guideline("L313")
def test_a_fault_of_validation_is_noticed(trials: Trials) -> None:
    """When a comment without a word can be published, a test turns red."""
    expect_noticed(trials, "blank_comment")


@pytest.mark.guideline("L313")
def test_a_fault_with_what_is_missing_is_noticed(trials: Trials) -> None:
    """When something that is not there is answered as if it were, a test turns red."""
    expect_noticed(trials, "missing_post")


@pytest.mark.guideline("L313")
def test_a_fault_with_sessions_is_noticed(trials: Trials) -> None:
    """When somebody without a session gets in, a test turns red."""
    expect_noticed(trials, "no_session")


@pytest.mark.guideline("L313")
def test_a_fault_with_suspended_accounts_is_noticed(trials: Trials) -> None:
    """When a suspended account can do what it must not, a test turns red."""
    expect_noticed(trials, "suspended_account")


@pytest.mark.guideline("L313")
def test_a_limit_that_comes_late_is_noticed(trials: Trials) -> None:
    """When a limit lets one more pass, a test turns red."""
    expect_noticed(trials, "one_too_many")


@pytest.mark.guideline("L313")
def test_a_limit_that_ends_early_is_noticed(trials: Trials) -> None:
    """When a limit is lifted before its time, a test turns red."""
    expect_noticed(trials, "ends_early")


@pytest.mark.guideline("L313")
def test_a_limit_that_ends_late_is_noticed(trials: Trials) -> None:
    """When a limit is not lifted in time, a test turns red."""
    expect_noticed(trials, "ends_late")


@pytest.mark.guideline("L313")
def test_a_limit_for_all_together_is_noticed(trials: Trials) -> None:
    """When what one doctor does is refused to another one, a test turns red."""
    expect_noticed(trials, "one_limit_for_all")


@pytest.mark.guideline("L313")
def test_a_refusal_that_acts_is_noticed(trials: Trials) -> None:
    """When the app says no and does it all the same, a test turns red."""
    expect_noticed(trials, "refused_and_done")


def expect_green(outcome: Trial, app: str, *, wants: str) -> None:
    """Demand that all the tests passed that were run."""
    __tracebackhide__ = True
    if outcome.problem:
        refuse(saw=f"{app}: {outcome.problem}", wants=wants, look_at=MINE)
    if outcome.red:
        shown = outcome.red[:MOST_SHOWN]
        told = [f"{name(red.test)}: {shorten(red.said, 150)}" for red in shown]
        refuse(
            saw="\n".join([f"{are(outcome.red)} red on {app}", *told]),
            wants=wants,
            look_at=", ".join(dict.fromkeys(red.where for red in shown)),
        )


def expect_noticed(trials: Trials, fault: str) -> None:
    """Demand that a test which is green on the app is red on the app with one fault."""
    __tracebackhide__ = True
    mine = trials.over("mine")
    if not fault_fits(fault):
        refuse(
            saw=f"{FAULTS[fault]['file']} was changed: the fault cannot be put in",
            wants="the app as it was, since it is right: only tests are missing",
            look_at=FAULTS[fault]["file"],
        )
    outcome = trials.over(fault)
    # A file that cannot be imported over any app is told above.
    known = {red.test for red in mine.red}
    if outcome.problem:
        refuse(saw=outcome.problem, wants="a run that comes to its end", look_at=MINE)
    if all(red.test in known for red in outcome.red):
        refuse(
            saw=f"{FAULTS[fault]['story']}\n"
            f"{are(mine.green)} green on the app, and green on this one too.",
            wants="a test that is green on the app, and red on this one",
            look_at=MINE,
        )


def name(test: str) -> str:
    """Return a test's name from its address."""
    return test.rpartition("::")[2]


def are(tests: Sized) -> str:
    return "1 test is" if len(tests) == 1 else f"{len(tests) or 'No'} tests are"


def app_files(app: str) -> dict[str, bytes]:
    """Return the files of an app, without the tests: path such as `src/main.py` -> bytes."""
    if app not in {"mine", *FAULTS}:
        return files(HERE / "apps" / app)
    found = {path: data for path, data in files(HERE / "src").items() if not path.startswith(MINE)}
    if app in FAULTS:
        file, good, fault = itemgetter("file", "good", "fault")(FAULTS[app])
        found[file] = found[file].decode().replace(good, fault).encode()
    return found


def fault_fits(fault: str) -> bool:
    """Tell whether the line is there, once, that the fault takes the place of."""
    text = app_files("mine").get(FAULTS[fault]["file"], b"").decode()
    return text.count(FAULTS[fault]["good"]) == 1


def my_tests() -> dict[str, bytes]:
    return {path: data for path, data in files(HERE / "src").items() if path.startswith(MINE)}


@cache
def files(package: Path) -> dict[str, bytes]:
    """Return the files of a package as those of the package `src`."""
    return {
        f"src/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def written_tests() -> Iterator[Written]:
    """Yield every function below src that looks like a test, wherever it stands."""
    for path, data in files(HERE / "src").items():
        if path.endswith(".py"):
            yield from written_in(ast.parse(data, path), path)


def written_in(node: ast.AST, path: str, prefix: str = "") -> Iterator[Written]:
    for child in ast.iter_child_nodes(node):
        full_name = f"{prefix}{getattr(child, 'name', '')}"
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = child.decorator_list
            if child.name.startswith("test") and "fixture" not in map(last_name, decorators):
                lines = [child.lineno, *(decorator.lineno for decorator in decorators)]
                yield Written(full_name, path, tuple(lines))
        is_scope = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        yield from written_in(child, path, f"{full_name}." if is_scope else prefix)


def last_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2]
