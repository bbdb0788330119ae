"""Save to verdict: `kata watch`, a plain watcher that runs pytest again, and pytest by hand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import PROGRAMS, ROOT, Times, command, in_turns, report
from docfliq_katas import catalogue, overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from docfliq_katas.catalogue import Lesson


def measure(query: str, rounds: int) -> None:
    """Print what one lesson takes from a save to its verdict, and by hand."""
    lesson = catalogue.find(query)
    insides: list[float] = []
    first_reds: list[float] = []
    with ExitStack() as stack:
        warm = stack.enter_context(_kata_watch(lesson))
        copy = stack.enter_context(overlay.throw_away_copy(lesson))  # one save must not wake both watchers
        plain = stack.enter_context(_plain_watcher(lesson, copy))

        def kata_watch() -> float:
            taken, first_red, verdict = warm()
            insides.append(taken - verdict["inside"])
            first_reds.append(first_red)
            return taken

        times = in_turns(
            {
                "kata watch: save to verdict": kata_watch,
                "a watcher that runs pytest again: save to verdict": plain,
                "pytest by hand": command("pytest", f"lessons/{lesson.number}", fails=True),
                "kata test": command("kata", "test", lesson.number, fails=True),
                "python that imports the same": command("python", "-c", _IMPORTS),
            },
            rounds,
        )
    report(f"Lesson {lesson.number} {lesson.title}", times, "kata watch: save to verdict")
    print(f"  kata watch beyond the tests themselves: {Times(tuple(insides))}")
    print(f"  kata watch, save to the first red test: {Times(tuple(first_reds))}")


_IMPORTS = (
    "import fastapi, pydantic_settings, sqlalchemy.ext.asyncio, sqlalchemy.dialects.postgresql.asyncpg, asyncpg,"
    "redis.asyncio, beanie, httpx, asgi_lifespan, email_validator, pytest; pytest.main(['--version'])"
)


def _save(lesson: Lesson, folder: Path) -> None:
    """Write the file that learners edit, as it is."""
    path = folder / lesson.edit[0]
    path.write_bytes(path.read_bytes())


@contextmanager
def _kata_watch(lesson: Lesson) -> Iterator[Callable[[], tuple[float, float, dict[str, Any]]]]:
    """Start the watch; the function that it gives saves, and returns the seconds to verdict and first red test."""
    words = [str(PROGRAMS / "kata"), "watch", lesson.number, "--json"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as watch:

        def verdict() -> tuple[float, dict[str, Any]]:
            assert watch.stdout is not None
            first_red = 0.0
            for line in watch.stdout:
                event: dict[str, Any] = json.loads(line)
                if not first_red and event.get("outcome", "passed") != "passed":
                    first_red = time.perf_counter()
                if event["event"] == "verdict":
                    return first_red, event
            raise SystemExit("kata watch has ended")

        def save() -> tuple[float, float, dict[str, Any]]:
            time.sleep(1)  # as a person would: what is made for the next run is ready
            began = time.perf_counter()
            _save(lesson, lesson.folder)
            first_red, found = verdict()
            return time.perf_counter() - began, first_red - began, found

        verdict()
        yield save
        watch.send_signal(signal.SIGINT)


@contextmanager
def _plain_watcher(lesson: Lesson, folder: Path) -> Iterator[Callable[[], float]]:
    """Use the command of the library that `kata watch` listens with, and pytest."""
    words = [sys.executable, "-m", "watchfiles", f"{PROGRAMS / 'pytest'} {folder}"]
    words += [str(folder / "src")]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True) as watch:

        def verdict() -> None:
            assert watch.stdout is not None
            for line in watch.stdout:
                if line.startswith("===") and (" failed" in line or " passed" in line):
                    return
            raise SystemExit("the plain watcher has ended")

        def save() -> float:
            time.sleep(1)
            began = time.perf_counter()
            _save(lesson, folder)
            verdict()
            return time.perf_counter() - began

        verdict()
        yield save
        watch.send_signal(signal.SIGINT)
