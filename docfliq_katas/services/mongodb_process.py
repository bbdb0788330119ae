"""Start the MongoDB-wire server from its wheel.

It is under the GPL: only ever a separate process, never imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import secrets
import signal
import sys
from typing import TYPE_CHECKING

from docfliq_katas.errors import Misuse
from docfliq_katas.services.places import Running
from docfliq_katas.services.processes import Ground, Started, end, ended_on_error, spawn, wait_until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

LABEL = "MongoDB"
_LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")


def start(ground: Ground) -> Started:
    """Start an empty server on a free loopback port with a generated user, and return it once it listens.

    The server makes users only while it asks for none, so it runs once without and once with authentication.

    Raises:
        Misuse: it cannot be started.
    """
    if importlib.util.find_spec("secantus") is None:
        raise Misuse("the package secantusdb is not installed: run ./kata")
    password = secrets.token_urlsafe(32)
    open_process, port = _launch(ground, "--sync-on-commit")
    with ended_on_error(open_process):
        _make_only_user(port, password)
    end(open_process, signal.SIGKILL)  # the user is on the disk; asked politely it takes two seconds
    process, port = _launch(ground, "--auth")
    running = Running(
        pid=process.pid,
        url=f"mongodb://kata:{password}@127.0.0.1:{port}/?authSource=admin&directConnection=true",
        socket=f"127.0.0.1:{port}",
        version=f"{importlib.metadata.version('secantusdb')} (SecantusDB)",
        idle_minutes=ground.idle_minutes,
    )
    return Started(process, running, signal.SIGKILL)  # the data are thrown away


def _launch(ground: Ground, option: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start the program and return it with the port that the system gave it."""
    command: list[str | Path] = [sys.executable, "-m", "secantus", "--host", "127.0.0.1", "--port", "0"]
    command += ["--storage-path", ground.data, "--log-level", "INFO", "--cache-size", "128M", option]
    before = ground.log.stat().st_size
    process = spawn(command, folder=ground.sockets, log=ground.log)
    with ended_on_error(process):
        port = wait_until(process, lambda: _port(ground.log, before), label=LABEL, log=ground.log)
    return process, port


def _port(log: Path, offset: int) -> int | None:
    with log.open("rb") as file:
        file.seek(offset)
        found = _LISTENING.search(file.read().decode(errors="replace"))
    return int(found[1]) if found else None


def _make_only_user(port: int, password: str) -> None:
    """Make the user `kata`, and refuse to go on where another process made one in the moment before."""
    from pymongo import MongoClient  # noqa: PLC0415 - only a first start needs the driver
    from pymongo.errors import PyMongoError  # noqa: PLC0415

    try:
        with MongoClient[dict[str, object]](f"mongodb://127.0.0.1:{port}/?directConnection=true") as client:
            client.admin.command("createUser", "kata", pwd=password, roles=["root"])
            users = client.admin.command("usersInfo", 1)["users"]
    except PyMongoError as error:
        raise Misuse(f"{LABEL} did not start: its user could not be made: {error}") from error
    if len(users) != 1:
        raise Misuse(f"{LABEL} was not started: another process of this machine made a user on it")
