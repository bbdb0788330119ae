"""What a forked child does: run pytest over one lesson folder and write the verdicts, as JSON, to a pipe."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

_CONFIG = Path(__file__).resolve().parent.parent / "pyproject.toml"
_PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_LAST_WORDS = 0.5  # seconds that a hung process has to say where it hangs


class _Notes:
    """A pytest plugin that tells the parent what it wants to know: a line for each test, and one at the end."""

    def __init__(self, results: int) -> None:
        self._process = os.getpid()
        self._pipe = os.fdopen(results, "w")
        self._problem = ""
        self._misuse = ""
        self._spans: list[tuple[float, float]] = []
        self._unrun: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._spans.append((report.start, report.stop))
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        if report.when == "setup" and report.skipped:
            self._unrun.append(name)
        elif report.when == "call" or report.failed:
            outcome = "error" if report.failed and report.when != "call" else report.outcome
            self._say({"name": name, "outcome": outcome, "message": str(report.longrepr or "")})

    def close(self) -> None:
        inside = _covered(self._spans)
        self._say({"problem": self._problem, "misuse": self._misuse, "inside": inside, "unrun": self._unrun})
        self._pipe.close()

    def _say(self, facts: dict[str, object]) -> None:
        if os.getpid() == self._process:  # the tests may be at work in forks of it, or fork themselves
            print(json.dumps(facts), file=self._pipe, flush=True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._problem = str(report.longrepr)

    def pytest_internalerror(self, excrepr: object) -> None:
        self._problem = str(excrepr)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        import pytest  # noqa: PLC0415 - as below

        if isinstance(excinfo.value, pytest.exit.Exception):
            self._misuse = excinfo.value.msg


def _covered(spans: list[tuple[float, float]]) -> float:
    """Return how many seconds lie in at least one span, of (start, stop): spread tests run side by side."""
    seconds, reached = 0.0, 0.0
    for start, stop in sorted(spans):
        seconds += max(0.0, stop - max(start, reached))
        reached = max(reached, stop)
    return seconds


class _Held:
    """A pytest plugin that waits, with everything ready, before a file of the lesson is read."""

    def __init__(self, gate: int) -> None:
        self._gate = gate

    def pytest_collection(self) -> None:
        if not os.read(self._gate, 1):  # whoever held the other end is gone
            os._exit(0)
        os.close(self._gate)


def fork() -> int:
    """Fork as `os.fork` does; the child ends with this process.

    Ctrl-C is held back meanwhile: hooks that run after a fork swallow what it raises.
    """
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        pid = os.fork()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if pid == 0:
        end_with(parent)
    return pid


def arguments(folder: Path) -> list[str]:
    """Return pytest's arguments for a run over `folder`: the project's configuration, nothing written beside it."""
    # The parent has imported the machinery on purpose; pytest would warn that it cannot rewrite its asserts.
    quiet = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
    options = ["-c", str(_CONFIG), f"--rootdir={folder.parent}", "-p", "no:cacheprovider", "--no-header", "-W", quiet]
    return [*options, str(folder)]


def main(
    folder: Path, results: int, outputs: tuple[int, int], extra: Sequence[str] = (), gate: int | None = None
) -> NoReturn:
    """Run pytest and end the process, whatever happens.

    Args:
        folder: The lesson folder, or a throw-away copy of one.
        results: The pipe that takes a JSON object a line: {name, outcome, message} for each test once it is known,
            in the order of the file, and {problem, misuse, inside, unrun} at the end.
        outputs: What takes the place of stdout and stderr.
        extra: More arguments for pytest.
        gate: A pipe; the lesson is read once a byte comes through it.

    """
    code = 1
    try:
        os.setsid()
        for number, output in enumerate(outputs, 1):
            if output != number:
                os.dup2(output, number)
        # A copy of the descriptor: pytest's capturing takes the original away.
        faulthandler.register(signal.SIGUSR1, file=os.dup(2), all_threads=False)
        sys.dont_write_bytecode = True
        import pytest  # noqa: PLC0415 - the process that waits for the verdict needs none of it

        notes = _Notes(results)
        held = [] if gate is None else [_Held(gate)]
        code = pytest.main([*arguments(folder), *extra], plugins=[notes, *held])
        notes.close()
        sys.stdout.flush()
        sys.stderr.flush()
    except Exception:  # noqa: BLE001 - whatever pytest did not catch itself is told with what else was printed
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(int(code))


def end_with(parent: int) -> None:
    """Let Linux kill this process when the one that forked it is killed; elsewhere its time limits do.

    Args:
        parent: The process that forked this one; it may be gone by now, and then nothing tells of its death any more.

    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def say_where(pid: int) -> None:
    """Let a child that hangs write its stack to its output, and after it those that share its work: lines would mix."""
    import psutil  # noqa: PLC0415 - only needed here, and a run has to begin quickly

    with contextlib.suppress(psutil.NoSuchProcess):  # it can end by itself meanwhile
        hanging = psutil.Process(pid)
        for process in (hanging, *hanging.children()):
            process.send_signal(signal.SIGUSR1)
            time.sleep(_LAST_WORDS)


def stop(pid: int) -> None:
    """End a child and everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):  # a child that had no time to lead a group of its own
        os.kill(pid, signal.SIGKILL)
