"""The process that waits for runs: `python -m docfliq_katas.warm.host FOLDER`.

It listens on a unix socket that only its owner can reach. A client sends one JSON message {fingerprint, folder,
extra, environment, directory} with three descriptors: the pipe for the results, stdout and stderr. It answers
{pid} when the run has begun, {status} when it has ended, or {refused} where its libraries are out of date: then it
ends. A client that goes away takes its run with it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docfliq_katas import child
from docfliq_katas.services import lifecycle
from docfliq_katas.warm import libraries
from docfliq_katas.warm.address import Address

if TYPE_CHECKING:
    from typing import NoReturn

_DESCRIPTORS = 3
_PATIENCE = 5.0  # seconds for a client to finish its sentence
_PULSE = 30.0  # seconds between two looks whether anybody needs this process still


class Host:
    """Begins runs until nobody has asked for one for a while."""

    def __init__(self, listener: socket.socket, address: Address) -> None:
        self._address = address
        self._fingerprint = libraries.fingerprint()
        self._patience = lifecycle.idle_minutes() * 60
        self._used = time.monotonic()
        self._runs: dict[int, socket.socket] = {}  # pid -> who waits
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._ended, bell = os.pipe()
        for end in (self._ended, bell):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._ended, selectors.EVENT_READ, self._bury)

    def serve(self) -> None:
        """Listen until the time is up, the socket is gone or the libraries are out of date."""
        while self._runs or self._is_needed():
            for key, _ in self._selector.select(min(_PULSE, self._patience)):
                if key.fd in self._selector.get_map():
                    key.data()

    def _is_needed(self) -> bool:
        return self._address.socket.exists() and time.monotonic() - self._used < self._patience

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(_PATIENCE)
        with contextlib.suppress(OSError, ValueError):
            message, descriptors = _receive(connection)
            self._used = time.monotonic()
            try:
                self._answer(connection, message, descriptors)
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)
            return
        connection.close()

    def _answer(self, connection: socket.socket, message: dict[str, Any], descriptors: list[int]) -> None:
        if message["fingerprint"] != self._fingerprint:
            self._address.socket.unlink(missing_ok=True)  # first: who is refused knocks again at once
            _say(connection, refused="out of date")
            connection.close()
            return
        pid = child.fork()
        if pid == 0:
            self._become_the_run(message, descriptors)
        self._runs[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._forsake(pid))
        _say(connection, pid=pid)

    def _become_the_run(self, message: dict[str, Any], descriptors: list[int]) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for connection in (self._listener, *self._runs.values()):
            connection.close()
        os.environ.clear()
        os.environ.update(message["environment"])
        os.chdir(message["directory"])
        results, *outputs = descriptors
        child.main(Path(message["folder"]), results, (outputs[0], outputs[1]), message["extra"])

    def _forsake(self, pid: int) -> None:
        """End a run that nobody waits for; a client says nothing more, so what it sends is its end."""
        self._selector.unregister(self._runs[pid])
        child.stop(pid)

    def _bury(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._ended, 512)
        for pid in list(self._runs):
            buried, status = os.waitpid(pid, os.WNOHANG)
            if buried:
                connection = self._runs.pop(pid)
                with contextlib.suppress(KeyError):
                    self._selector.unregister(connection)
                with contextlib.suppress(OSError):
                    _say(connection, status=status)
                connection.close()
                libraries.make_databases()


def main(folder: str) -> None:
    """Leave the caller's process tree, then serve at the address in `folder`, where nobody does."""
    if os.fork():
        os._exit(0)
    address = Address(Path(folder))
    with address.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        address.socket.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(address.socket))
            address.socket.chmod(0o600)
            listener.listen()
            try:
                libraries.warm_up()
                Host(listener, address).serve()
            finally:
                address.socket.unlink(missing_ok=True)


def _receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data, descriptors, _, _ = socket.recv_fds(connection, 65536, _DESCRIPTORS)
    while not data.endswith(b"\n"):
        chunk = connection.recv(65536)
        if not chunk:
            break
        data += chunk
    if len(descriptors) != _DESCRIPTORS:
        raise ValueError("three descriptors belong to a message")
    return json.loads(data), list(descriptors)


def _say(connection: socket.socket, **facts: object) -> None:
    connection.sendall(json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
