"""`kata watch`: save, verdict; keys; and a terminal that is left as it was."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import services
from docfliq_katas.services import valkey
from docfliq_katas.services.places import place_of
from tests.fake_course import SUM, TAGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.watch.conftest import Watch

    Start = Callable[..., Watch]

WAITING = "Waiting for a file to be saved."
RIGHT = "def total(fees: list[int]) -> int:\n    return sum(fees)\n"
HANGS = "while True:\n    pass\n"
WAITS = """\
import time
from pathlib import Path


def test_is_red() -> None:
    assert 1 == 2


def test_waits() -> None:
    while not Path(__file__).with_name("go_on").exists():
        time.sleep(0.01)
"""
SHARED = """\
import pytest


@pytest.fixture
def processes() -> None:
    pass


@pytest.mark.parametrize("number", [1, 2])
def test_has_no_end(processes: None, number: int) -> None:
    while True:
        pass
"""


@pytest.fixture
def service(course: Path) -> Path:
    """The file that the first lesson is about."""
    return course / "lessons" / SUM / "src/fees/service.py"


def test_a_save_turns_red_to_green(start: Start, service: Path) -> None:
    """The lesson runs at once and after each save; green closes with what there is to see and the next lesson."""
    watch = start("1")
    shown = watch.shows(WAITING)
    assert "red: test_every_fee_counts" in shown
    assert "the law              The total of fees holds every one of them." in shown
    assert "RED: " in shown
    assert "A hint: kata hint 01" in shown
    service.write_text(RIGHT)
    shown = watch.shows(WAITING)
    assert "GREEN: 3 tests passed" in shown
    assert "Solved: " in shown
    assert "Also right, " in shown
    assert f"Next on the first week: 02 {_title(TAGS)} (press n, or kata next)" in " ".join(shown.split())
    watch.press("q")
    assert watch.ended() == 0


def test_without_a_lesson_it_follows_the_next_one(start: Start) -> None:
    """`kata watch` alone begins with the first lesson that is not solved."""
    start().shows("Watching lesson 01")


def test_an_atomic_save_counts(start: Start, service: Path) -> None:
    """An editor that writes beside the file and renames is heard like one that writes into it."""
    watch = start("1")
    watch.shows(WAITING)
    beside = service.with_suffix(".tmp~")
    beside.write_text(RIGHT)
    beside.rename(service)
    watch.shows("GREEN: 3 tests passed")


def test_a_save_cancels_the_run_on_its_way(start: Start, service: Path) -> None:
    """A slice that never ends is left behind by the next save, process and all."""
    service.write_text(HANGS)
    watch = start("1")
    watch.shows("running")
    _, hung = _settled(watch)
    service.write_text(RIGHT)
    watch.shows("GREEN: 3 tests passed")
    watch.shows(WAITING)
    assert not hung.is_running()
    assert len(watch.family()) <= 2  # the listener, and the next run


def test_a_syntax_error_is_one_line(start: Start, service: Path) -> None:
    """A file that cannot be imported is told in a line, and the next save runs again."""
    service.write_text("def total(:\n")
    watch = start("1")
    shown = watch.shows(WAITING)
    assert "src/fees/service.py:1: SyntaxError: " in shown
    assert "Traceback" not in shown
    service.write_text(RIGHT)
    watch.shows("GREEN: 3 tests passed")


def test_a_broken_lesson_toml_is_one_line(start: Start, service: Path, course: Path) -> None:
    """A lesson that cannot be read is told in a line, and followed again when it is mended."""
    watch = start("1")
    watch.shows(WAITING)
    description = course / "lessons" / SUM / "lesson.toml"
    kept = description.read_text()
    description.write_text("slug = \n")
    assert "Traceback" not in watch.shows("lesson.toml")
    description.write_text(kept)
    watch.shows(WAITING)


def test_the_keys(start: Start) -> None:
    """Each key does what the line says: hint, list, next, run all; another key shows the line again."""
    watch = start("1")
    watch.shows(WAITING)
    watch.press("h")
    watch.shows("Hint 1 of 3 for lesson 01")
    watch.press("l")
    watch.shows("02  open")
    watch.press("n")
    watch.shows("This is the next lesson")
    watch.press("a")
    shown = watch.shows("n next lesson")
    assert shown.count(": red, ") == 2
    watch.press("?")
    watch.shows(WAITING)
    watch.press("\n")
    watch.shows("RED: ")


def test_next_turns_to_the_next_lesson(start: Start, service: Path) -> None:
    """After green, n follows the next open lesson."""
    service.write_text(RIGHT)
    watch = start("1")
    watch.shows(WAITING)
    watch.press("n")
    watch.shows("Watching lesson 02")
    watch.shows("RED: ")


def test_a_save_in_another_lesson_follows_it(start: Start, course: Path) -> None:
    """Whoever begins to work on another lesson is followed there."""
    watch = start("1")
    watch.shows(WAITING)
    path = course / "lessons" / TAGS / "src/tags/service.py"
    path.write_text(path.read_text() + "\n")
    watch.shows("Watching lesson 02")
    watch.shows("RED: ")


def test_reset_asks_and_keeps(start: Start, service: Path) -> None:
    """The key r asks with an answer and Enter, keeps the attempt, and the starter runs."""
    starter = service.read_text()
    service.write_text(RIGHT)
    watch = start("1")
    watch.shows("GREEN: ")
    watch.shows(WAITING)
    watch.press("r")
    watch.shows("[y/N]")
    watch.press("n\n")
    watch.press("r")
    watch.shows("[y/N]")
    assert service.read_text() == RIGHT
    watch.press("y\n")
    watch.shows("is kept as attempt")
    watch.shows("RED: ")
    assert service.read_text() == starter


def test_a_diff_asks_before_it_spoils(start: Start) -> None:
    """The key d asks before it shows the solution of an open lesson."""
    watch = start("1")
    watch.shows(WAITING)
    watch.press("d")
    watch.shows("[y/N]")
    watch.press("n\n")
    watch.shows("Not shown.")


@pytest.mark.parametrize("way", ["q", "ctrl-c", "ctrl-d"])
def test_the_terminal_is_given_back(start: Start, way: str) -> None:
    """However it ends, echo and lines are as they were, and no process is left."""
    watch = start("1")
    watch.shows(WAITING)
    family = watch.family()
    assert watch.terminal != watch.before
    if way == "ctrl-c":
        watch.interrupt()
    else:
        watch.press({"q": "q", "ctrl-d": "\x04"}[way])
    assert watch.ended() == 0
    assert watch.terminal == watch.before
    assert not [process for process in family if process.is_running()]


@pytest.mark.parametrize("arguments", [(), ("--json",)], ids=["words", "events"])
def test_red_is_told_while_other_tests_still_run(start: Start, service: Path, arguments: tuple[str, ...]) -> None:
    """The first red test is told once it is known; the verdict comes at the end."""
    folder = service.parents[2]
    (folder / "test_sum_of_fees.py").write_text(WAITS)
    watch = start("1", *arguments)
    watch.shows("assert 1 == 2")
    assert '"verdict"' not in watch.seen
    assert "RED" not in watch.seen
    (folder / "go_on").touch()
    watch.shows('"verdict": "red"' if arguments else "RED: 1 of 2 tests")


def test_without_a_terminal_there_are_no_keys(start: Start, service: Path) -> None:
    """In a pipe it follows saves just the same, offers no keys, and ends by a signal."""
    watch = start("1", terminal=False)
    assert "n next lesson" not in watch.shows(WAITING)
    service.write_text(RIGHT)
    watch.shows("GREEN: ")
    watch.process.send_signal(signal.SIGTERM)
    assert watch.ended() == 0


def test_a_program_is_told_events(start: Start, service: Path) -> None:
    """With --json every line is an event, from the beginning of a run to its verdict."""
    watch = start("1", "--json", terminal=False)
    watch.shows('{"event": "run", "lesson": "01_sum_of_fees"}')
    watch.shows('"verdict": "red"')
    service.write_text(RIGHT)
    watch.shows('{"event": "run", "lesson": "01_sum_of_fees"}')
    watch.shows('"verdict": "green"')


def test_an_editor_is_told_paths(start: Start, service: Path) -> None:
    """With --paths a line with file and line stands for each red test that has a place in the slice."""
    service.write_text("def total(fees: list[int]) -> int:\n    return 1 // len(fees)\n")
    watch = start("1", "--paths")
    assert f"\nlessons/{SUM}/src/fees/service.py:2: red: test_" in watch.shows(WAITING)


def test_a_killed_watch_leaves_nothing(start: Start, service: Path) -> None:
    """When it is killed in the middle of a run, the run and the listener end as well."""
    service.write_text(HANGS)
    watch = start("1")
    watch.shows("running")
    family = _settled(watch)
    watch.process.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_a_killed_watch_leaves_no_process_that_shares_a_run(start: Start, service: Path) -> None:
    """The processes over which it had spread the tests end with it."""
    (service.parents[2] / "test_sum_of_fees.py").write_text(SHARED)
    watch = start("1")
    watch.shows("running")
    family = _settled(watch, 4)  # the listener, the run, and the two that share it
    watch.process.kill()
    _, alive = psutil.wait_procs(family, timeout=30)
    assert not alive


def test_a_listener_that_died_is_one_line(start: Start) -> None:
    """Without anybody who hears of saves there is no watch: one line says so, and the exit code is 2."""
    watch = start("1")
    watch.shows(WAITING)
    watch.family()[0].kill()
    watch.shows("saved files are not heard of (its process has died)")
    assert watch.ended() == 2
    assert watch.terminal == watch.before


def test_a_run_that_died_while_it_waited_costs_nothing(start: Start, service: Path) -> None:
    """The next run is ready before the save; without it another one begins."""
    watch = start("1")
    watch.shows(WAITING)
    _, waiting = _settled(watch)
    waiting.kill()
    service.write_text(RIGHT)
    watch.shows("GREEN: ")


def test_a_server_that_died_is_started_again_with_a_word(start: Start, course: Path, service: Path) -> None:
    """Who finds a run slower than the others learns why, once, beside its verdict."""
    toml = course / "lessons" / SUM / "lesson.toml"
    toml.write_text(toml.read_text().replace("services = []", 'services = ["valkey"]'))
    with _valkey_of(course) as pid:
        watch = start("1")
        assert "died" not in watch.shows(WAITING)
        dying = psutil.Process(pid)
        dying.kill()
        dying.wait(60)  # only against hanging
        service.write_text(RIGHT)
        shown = watch.shows(WAITING)
        assert "GREEN: 3 tests passed" in shown
        assert "Valkey had died and was started again." in shown.partition("GREEN")[2]
        watch.press("\n")
        assert "died" not in watch.shows(WAITING)


def test_changed_machinery_starts_it_again(start: Start, course: Path) -> None:
    """A change of the course's own code replaces the process, which goes on with the same lesson."""
    (course / "docfliq_katas").mkdir()
    watch = start("2")
    watch.shows(WAITING)
    (course / "docfliq_katas" / "runner.py").write_text("# newer\n")
    watch.shows("starting again")
    watch.shows("Watching lesson 02")
    watch.shows(WAITING)
    watch.press("q")
    assert watch.ended() == 0
    assert watch.terminal == watch.before


@contextmanager
def _valkey_of(course: Path) -> Iterator[int]:
    """Start the course's Valkey, yield the number of its process, and stop what is up at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("KATA_REDIS_URL", raising=False)
        patch.setenv("KATA_STATE_DIR", str(course / ".kata"))
        valkey.server()
        try:
            running = place_of("valkey").read()
            assert running is not None
            yield running.pid
        finally:
            services.down()


def _settled(watch: Watch, count: int = 2) -> list[psutil.Process]:
    """Return its children once so many are there, the listener and the run first."""
    while len(family := watch.family()) < count:
        assert watch.process.poll() is None
    return family


def _title(name: str) -> str:
    return name[3:].replace("_", " ").capitalize()
