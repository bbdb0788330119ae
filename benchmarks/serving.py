"""The servers: a start from nothing, and reaching one that is up. Uses a state folder of its own."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from benchmarks.measuring import clocked, in_turns, report
from docfliq_katas import services

if TYPE_CHECKING:
    from collections.abc import Callable

    from docfliq_katas.services import Service


def measure(rounds: int) -> None:
    """Print what starting and reaching each of the three servers takes."""
    with tempfile.TemporaryDirectory(prefix="kata-bench-") as folder:
        os.environ["KATA_STATE_DIR"] = folder
        try:
            starts = {f"start {module.LABEL}": _start_of(module) for module in services.BY_NAME.values()}
            times = in_turns({**starts, "start all three": _start_all}, rounds)
            reaches = {f"reach {module.LABEL}": _reach_of(module) for module in services.BY_NAME.values()}
            times |= in_turns(reaches, rounds)
        finally:
            services.down()
            del os.environ["KATA_STATE_DIR"]
    report("Servers", times, "start all three")


def _start_of(module: Service) -> Callable[[], float]:
    def start() -> float:
        services.down()
        return clocked(module.server)

    return start


def _start_all() -> float:
    services.down()
    return clocked(services.up)


def _reach_of(module: Service) -> Callable[[], float]:
    return lambda: clocked(module.server)
