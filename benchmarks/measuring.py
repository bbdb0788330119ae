"""Take times in turns, so that a busy moment hits every candidate alike, and compare their medians."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Times:
    """Seconds that one candidate took, one for each round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one, in seconds."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{self.median:7.3f} s  ({min(self.seconds):.3f} to {max(self.seconds):.3f})"


def in_turns(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Times]:
    """Let every candidate run once a round and return what each took.

    Args:
        candidates: Name -> a function that does the work once and returns its seconds.
        rounds: How often.

    """
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, run in candidates.items():
            taken[name].append(run())
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def command(*words: str | Path, fails: bool = False) -> Callable[[], float]:
    """Return a function that runs a program in the course's folder and returns its seconds.

    Args:
        words: The program, from the environment that runs this one, and its arguments.
        fails: Whether an exit code of 1 is what is expected, as of a red lesson.

    """

    def run() -> float:
        began = time.perf_counter()
        done = subprocess.run(
            [PROGRAMS / words[0], *words[1:]],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - began
        if done.returncode != (1 if fails else 0):
            raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return taken

    return run


def report(title: str, times: Mapping[str, Times], against: str) -> None:
    """Print one line a candidate, each with its ratio to the candidate called `against`."""
    print(f"\n{title}")
    widest = max(map(len, times))
    for name, found in times.items():
        ratio = found.median / times[against].median
        print(f"  {name:<{widest}}  {found}  {ratio:6.2f} x")


def machine() -> str:
    """Return one line on what this runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{platform.platform()}, {cores} cores, Python {platform.python_version()}, load before: {load}"
