"""Every error path has a test that turns red when it breaks.

The tests in src/tests are run over the app in src, over two other apps that keep the same promises,
and over six that break one each. The apps are in the folder apps, and apps/trial.py runs the tests.
"""

import ast
import tomllib
from collections.abc import Callable, Iterator, Sized
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import NamedTuple

import pytest
from apps import trial
from apps.trial import Trial
from docfliq_katas.probes.verdict import refuse, shorten

HERE = Path(__file__).parent
MINE = "src/tests/"
MOST_SHOWN = 2
FAULTS = tomllib.loads((HERE / "apps" / "bugs.toml").read_text(encoding="utf-8"))

Try = Callable[[str], Trial]


class Written(NamedTuple):
    """A test as it stands in the text, with the lines of its `def` and its decorators."""

    name: str
    path: str
    lines: tuple[int, ...]


@pytest.fixture(scope="module")
def over() -> Iterator[Try]:
    """Return a function that runs the tests over an app, once: `mine`, another app, or a fault."""
    done: dict[str, Trial] = {}

    def run(app: str) -> Trial:
        if app in done:
            return done[app]
        folder = Path(mkdtemp(dir=root)).resolve()
        trial.lay_out(folder, app_files(app), my_tests())
        if app == "mine":
            done[app] = trial.run(folder, only=None, to_the_end=True)
        else:
            mine = run("mine")
            outcome = trial.run(folder, only=mine.green, to_the_end=app not in FAULTS)
            known = {red.test for red in mine.red}  # files that cannot be imported over any app
            outcome.red = [red for red in outcome.red if red.test not in known]
            done[app] = outcome
        return done[app]

    with TemporaryDirectory(prefix="kata-tests-") as root:
        yield run


def test_the_tests_are_green_on_the_app(over: Try) -> None:
    """The app is right, so that a red test says something wrong about it."""
    outcome = over("mine")
    if not outcome.green + outcome.red and not outcome.problem:
        refuse(saw="no test was run", wants="tests of the app", look_at=MINE)
    expect_green(
        outcome,
        "the app",
        wants="tests that are green on the app: it has no fault, and no source that they can read",
    )


@pytest.mark.parametrize("app", ["one_module", "in_layers"])
def test_the_tests_are_green_on_another_right_app(over: Try, app: str) -> None:
    """What is green on the app is green on every app that keeps the promises."""
    outcome = over(app)
    where = "another app that keeps every promise of README.md"
    wants = "tests that ask for what the API promises, and for nothing else"
    expect_green(outcome, where, wants=wants)
    skipped = [name(test) for test in over("mine").green if test not in outcome.green]
    if skipped:
        refuse(
            saw=f"not green on {where}, but skipped: {', '.join(skipped[:MOST_SHOWN])}",
            wants=wants,
            look_at=MINE,
        )


@pytest.mark.guideline("L313")
def test_every_test_is_run(over: Try) -> None:
    """A test that pytest does not find is green for ever."""
    found = over("mine").collected
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
def test_a_fault_of_validation_is_noticed(over: Try) -> None:
    """When a comment without a word can be published, a test turns red."""
    expect_noticed(over, "blank_comment")


@pytest.mark.guideline("L313")
def test_a_fault_with_what_is_missing_is_noticed(over: Try) -> None:
    """When something that is not there is answered as if it were, a test turns red."""
    expect_noticed(over, "missing_post")


@pytest.mark.guideline("L313")
def test_a_fault_with_suspended_accounts_is_noticed(over: Try) -> None:
    """When a suspended account can do what it must not, a test turns red."""
    expect_noticed(over, "suspended_account")


@pytest.mark.guideline("L313")
def test_a_limit_that_comes_late_is_noticed(over: Try) -> None:
    """When a limit lets one more pass, a test turns red."""
    expect_noticed(over, "one_too_many")


@pytest.mark.guideline("L313")
def test_a_limit_that_never_ends_is_noticed(over: Try) -> None:
    """When a limit is not lifted in time, a test turns red."""
    expect_noticed(over, "no_end")


@pytest.mark.guideline("L313")
def test_a_refusal_that_acts_is_noticed(over: Try) -> None:
    """When the app says no and does it all the same, a test turns red."""
    expect_noticed(over, "refused_and_done")


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


def expect_noticed(over: Try, fault: str) -> None:
    """Demand that a test which is green on the app is red on the app with one fault."""
    __tracebackhide__ = True
    green = over("mine").green
    outcome = over(fault)
    if outcome.problem:
        refuse(saw=outcome.problem, wants="a run that comes to its end", look_at=MINE)
    if not outcome.red:
        refuse(
            saw=f"{FAULTS[fault]['story']}\n"
            f"{are(green)} green on the app, and green on this one too.",
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
        fault = FAULTS[app]
        text = found.get(fault["file"], b"").decode()
        if text.count(fault["good"]) != 1:
            refuse(
                saw=f"{fault['file']} was changed: the fault cannot be put in",
                wants="the app as it was, since it is right: only tests are missing",
                look_at=fault["file"],
            )
        found[fault["file"]] = text.replace(fault["good"], fault["fault"]).encode()
    return found


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
