"""Ask the waiting process for a run; start it where there is none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docfliq_katas import runner
from docfliq_katas.state import lock
from docfliq_katas.warm import address as addresses
from docfliq_katas.warm import libraries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docfliq_katas.warm.address import Address

SWITCH = "KATA_WARM"
_STEP = 0.01  # seconds between two knocks
_START_SECONDS = 30.0
_PATIENCE = 30.0  # seconds that a host may take to begin a run: it may be importing


@dataclass(frozen=True)
class Hosted:
    """A child of the waiting process; its end comes over the connection."""

    pid: int
    connection: socket.socket

    def wait(self) -> int:
        """Return its status; that of a killed process where the host went away first."""
        with self.connection:
            self.connection.settimeout(None)
            return int(_answer(self.connection).get("status", 9))


def hosted(folder: Path, results: int, outputs: tuple[int, int], extra: Sequence[str]) -> runner.Child:
    """Begin a run in the waiting process, started on first need; where that cannot be had, in a fork of this one.

    With KATA_WARM=0 in the environment no process waits, and every run imports everything anew.
    """
    if os.environ.get(SWITCH) != "0":
        for _ in range(2):  # the first may be out of date, and ends then
            with suppress(OSError, ValueError, subprocess.SubprocessError):
                connection = _connected(addresses.here())
                begun = _ask(connection, folder, extra, (results, *outputs))
                if begun:
                    return begun
    return runner.forked(folder, results, outputs, extra)


def _ask(
    connection: socket.socket, folder: Path, extra: Sequence[str], descriptors: tuple[int, int, int]
) -> Hosted | None:
    """Send the request; return None, with the connection closed, where the host's libraries are out of date."""
    request = {
        "fingerprint": libraries.fingerprint(),
        "folder": str(folder),
        "extra": [*extra, libraries.TIDIED],
        "environment": dict(os.environ),
        "directory": str(Path.cwd()),
    }
    try:
        connection.settimeout(_PATIENCE)
        data = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(connection, [data], descriptors)
        connection.sendall(data[sent:])
        answer = _answer(connection)
        if "pid" in answer:
            return Hosted(answer["pid"], connection)
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _answer(connection: socket.socket) -> dict[str, Any]:
    """Return what the host says next; nothing where it has gone."""
    data = b""
    while not data.endswith(b"\n"):
        chunk = connection.recv(1)  # an answer is short, and the next one must stay where it is
        if not chunk:
            return {}
        data += chunk
    answer: dict[str, Any] = json.loads(data)
    return answer


def _connected(address: Address) -> socket.socket:
    """Return a connection to the host, started where nobody listens.

    Raises:
        OSError: it does not come up.

    """
    with suppress(OSError):
        return _connect(address)
    with lock(address.folder / "start.lock"):
        with suppress(OSError):
            return _connect(address)
        _launch(address)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                return _connect(address)
            time.sleep(_STEP)
    raise OSError("the waiting process did not come up")


def _connect(address: Address) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(address.socket))
    except BaseException:
        connection.close()
        raise
    return connection


def _launch(address: Address) -> None:
    """Start a host, which leaves this process's tree once its own modules are imported."""
    with address.log.open("wb") as log:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "docfliq_katas.warm.host", str(address.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            timeout=_START_SECONDS,
            check=False,
        )
    if done.returncode != 0:
        raise OSError(f"the waiting process did not start: look into {address.log}")
