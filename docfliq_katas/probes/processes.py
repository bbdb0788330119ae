"""Real processes of the slice: a server that takes signals, a worker, what they print, and how they end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, Self, TypeVar

from docfliq_katas.probes.frames import slice_file
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

GUARD = 20.0  # seconds; only against hanging, never a measure
LISTENS = "Uvicorn running on"
_PAUSE = 0.01  # seconds between two looks, to leave the process the processor
_SHOWN = 6  # lines of output in a verdict
_URL = re.compile(r"http://127\.0\.0\.1:\d+")
_FRAME = re.compile(r'File "(?P<path>.+?)", line (?P<line>\d+), in (?P<name>\S+)')
# Reads from a pipe that only the test holds: when the test is gone, so are the process of the slice and its children.
_LEASH = 'read -r _; kill -s KILL -- "-$1"'

Found = TypeVar("Found")


class SliceProcess:
    """One process of the slice; made by `Processes`.

    Attributes:
        command: what was started, as a learner would type it.
        pid: its process id, which is also that of its process group.
    """

    def __init__(self, command: list[str], folder: Path, env: Mapping[str, str]) -> None:
        self.command = " ".join(["python", *command])
        self._folder = folder
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._process = subprocess.Popen(  # noqa: S603 - the slice's own module
            [sys.executable, *command],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", **env},
            stdin=subprocess.DEVNULL,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._leash = subprocess.Popen(  # noqa: S603 - a constant script
            ["/bin/sh", "-c", _LEASH, "leash", str(self.pid)], stdin=subprocess.PIPE, start_new_session=True
        )

    @property
    def output(self) -> list[str]:
        """Every line of stdout and stderr so far, in order."""
        descriptor = self._printed.fileno()  # read without moving the place where the process writes
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace").splitlines()

    @property
    def url(self) -> str:
        """The address that it printed, as `http://127.0.0.1:41234`.

        Raises:
            LookupError: it has printed none.
        """
        found = _URL.search("\n".join(self.output))
        if found is None:
            raise LookupError(f"{self.command} has printed no address")
        return found[0]

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, not to its children; one that has ended gets none.

        Args:
            number: which signal, such as `signal.SIGINT`.
        """
        self._process.send_signal(number)

    def terminate(self) -> None:
        """Send SIGTERM, as every deployment does."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and its children at once, as a power failure does, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    async def says(self, fragment: str, *, wants: str) -> str:
        """Wait until a line that holds `fragment` is printed, or has been, and return that line.

        Args:
            fragment: a part of the line.
            wants: what the guideline asks for.

        Raises:
            Verdict: the process ended without it, or 20 seconds went by.
        """
        __tracebackhide__ = True
        line = await self._until(lambda: self._line_with(fragment))
        if line is None:
            self._refuse(f"{self._state()}, and has not said {fragment!r}", wants)
        return line

    async def ended(self, *, wants: str) -> int:
        """Wait for the end and return the exit code; that of a signal is negative.

        Args:
            wants: what the guideline asks for.

        Raises:
            Verdict: it runs after 20 seconds.
        """
        __tracebackhide__ = True
        code = await self._until(self._process.poll)
        if code is None:
            self._refuse(self._state(), wants)
        return code

    def close(self) -> None:
        """Kill what is left and forget the output."""
        self.kill()
        self._leash.kill()
        self._leash.communicate()
        self._printed.close()

    async def _until(self, look: Callable[[], Found | None]) -> Found | None:
        """Look until there is something, the process has ended, or 20 seconds went by; look once more after the end."""
        deadline = time.monotonic() + GUARD
        while (found := look()) is None and time.monotonic() < deadline:
            if self._process.poll() is not None:
                return look()
            await asyncio.sleep(_PAUSE)
        return found

    def _line_with(self, fragment: str) -> str | None:
        return next((line for line in self.output if fragment in line), None)

    def _state(self) -> str:
        code = self._process.poll()
        if code is None:
            return f"`{self.command}` was still running after {GUARD:.0f} seconds"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"`{self.command}` has ended ({how})"

    def _refuse(self, saw: str, wants: str) -> NoReturn:
        __tracebackhide__ = True
        last = [shorten(line, 160) for line in self.output if line.strip()][-_SHOWN:]
        refuse(saw="\n".join([saw, *last]), wants=wants, look_at=self._look_at())

    def _look_at(self) -> str | None:
        """Return the innermost place in the slice of the last traceback that was printed."""
        frames = [(slice_file(one["path"]), one) for one in _FRAME.finditer("\n".join(self.output))]
        places = [f"{path}:{one['line']} ({one['name'].strip('<>')})" for path, one in frames if path]
        return places[-1] if places else None


class Processes:
    """The fixture `processes`: starts the slice the way a deployment does, and ends all of it with the test.

    Usage::

        server = await processes.uvicorn("src.main:create_app", "--factory", env={"REGION": "kochi"})
        async with httpx.AsyncClient(base_url=server.url) as client:
            ...
        server.terminate()
        code = await server.ended(wants="an end in bounded time")

    A process runs in the lesson's folder, with the environment of the test and `env` on top. It and its children are
    killed when the test ends, and also when the process of the test dies.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[SliceProcess] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            process.close()

    async def uvicorn(self, app: str, *options: str, env: Mapping[str, str] | None = None) -> SliceProcess:
        """Start `python -m uvicorn app options` on a free port of 127.0.0.1, and return it when it listens.

        Args:
            app: where the app is, as `src.main:app`.
            options: further arguments of uvicorn, as `"--workers", "2"`.
            env: variables on top of the environment of the test.

        Raises:
            Verdict: it ended before that, or did not listen after 20 seconds; its last lines are shown.
        """
        __tracebackhide__ = True
        command = ("-m", "uvicorn", app, *options, "--host", "127.0.0.1", "--port", "0")
        return await self.python(*command, ready=LISTENS, env=env)

    async def python(self, *command: str, ready: str, env: Mapping[str, str] | None = None) -> SliceProcess:
        """Start `python command`, and return it when it has printed a line with `ready`.

        Args:
            command: the arguments of Python, as `"-m", "src.worker"`.
            ready: a part of the line that says that it has started.
            env: variables on top of the environment of the test.

        Raises:
            Verdict: it ended before that, or has not printed it after 20 seconds; its last lines are shown.
        """
        __tracebackhide__ = True
        process = SliceProcess(list(command), self._folder, env or {})
        self._started.append(process)
        await process.says(ready, wants="a process that starts")
        return process
