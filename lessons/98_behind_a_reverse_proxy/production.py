# noqa: INP001 - pytest imports lessons by path
"""`python -m src.server` as in production, in forks of the tests, which have all libraries."""

import gc
import importlib
import mmap
import os
import re
import runpy
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import warnings
from pathlib import Path
from typing import NoReturn

from docfliq_katas.probes.verdict import refuse, shorten

HERE = Path(__file__).parent
MODULE = "src.server"
LIBRARIES = (
    "fastapi",
    "pydantic.v1",  # FastAPI asks for it later
    "pydantic_settings",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
)
GUARD = 20.0  # seconds; only against hanging, never a measure
PAUSE = 0.005  # seconds between two looks, to leave the process the processor
SHOWN = 6  # lines of output in a verdict
URL = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")
FRAME = re.compile(rf'File "{re.escape(str(HERE))}/(src/.+?)", line (\d+)')
REAL = "the real one"
ROOM = 64  # bytes for an address


class Server:
    """One process of the app.

    Attributes:
        url: where it listens.

    """

    def __init__(self, env: dict[str, str]) -> None:
        """Start it with these variables, on a free port of 127.0.0.1."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
        self._caller = mmap.mmap(-1, ROOM)  # shared with the process
        self.called_from(REAL)
        ours, self._leash = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about old libraries, and forks beside a thread
            for library in LIBRARIES:
                importlib.import_module(library)
            self._pid = os.fork()
        if self._pid == 0:
            os.close(self._leash)
            self._live(ours, {"HOST": "127.0.0.1", "PORT": "0", **env})
        os.close(ours)
        self._ended = False
        self.url = ""

    def called_from(self, address: str) -> None:
        """Let new connections come from another address; no test can call from 10.20.0.40."""
        self._caller.seek(0)
        self._caller.write(address.encode().ljust(ROOM))

    def wait(self) -> None:
        """Wait until it listens."""
        __tracebackhide__ = True
        deadline = time.monotonic() + GUARD
        while not (found := URL.search(self._output)):
            if self._has_ended() or time.monotonic() > deadline:
                state = "has ended" if self._ended else f"did not listen after {GUARD:.0f} seconds"
                printed = self._output.replace(f"{HERE}/", "").splitlines()
                lines = [shorten(line, 160) for line in printed if line.strip()]
                places = [f"{path}:{line}" for path, line in FRAME.findall(self._output)]
                refuse(
                    saw="\n".join([f"`python -m {MODULE}` {state}", *lines[-SHOWN:]]),
                    wants="a process that starts",
                    look_at=(places or ["src/server.py"])[-1],
                )
            time.sleep(PAUSE)
        self.url = found[1]

    def close(self) -> None:
        """Kill it with all that it has started."""
        if not self._has_ended():
            os.killpg(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._leash)
        self._said.close()
        self._caller.close()

    @property
    def _output(self) -> str:
        number = self._said.fileno()
        return os.pread(number, os.fstat(number).st_size, 0).decode(errors="replace")

    def _has_ended(self) -> bool:
        self._ended = self._ended or os.waitpid(self._pid, os.WNOHANG)[0] != 0
        return self._ended

    def _live(self, leash: int, env: dict[str, str]) -> NoReturn:
        """Be that process, at most for as long as the tests live."""
        try:
            os.setsid()
            threading.Thread(target=_end_with, args=(leash,), daemon=True).start()
            gc.freeze()  # what is open belongs to the tests
            for number in (1, 2):
                os.dup2(self._said.fileno(), number)
            sys.stdout = sys.stderr = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
            warnings.resetwarnings()  # those of pytest
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # that of a time limit
            os.environ.update(env)
            os.chdir(HERE)
            sys.dont_write_bytecode = True
            sys.argv = [MODULE]
            sys.path.insert(0, str(HERE))
            for name in [name for name in sys.modules if name.partition(".")[0] == "src"]:
                del sys.modules[name]
            self._let_callers_choose()
            runpy.run_module(MODULE, run_name="__main__", alter_sys=True)
        except BaseException:  # noqa: BLE001 - the end of the process, as Python tells it
            traceback.print_exc()
        finally:
            os._exit(1)

    def _let_callers_choose(self) -> None:
        real = socket.socket.getpeername

        def getpeername(connection: socket.socket) -> object:
            address = self._caller[:].decode().strip()
            peer = real(connection)
            return peer if address == REAL else (address, peer[1])

        socket.socket.getpeername = getpeername  # type: ignore[method-assign]


def _end_with(leash: int) -> None:
    os.read(leash, 1)
    os.killpg(0, signal.SIGKILL)
