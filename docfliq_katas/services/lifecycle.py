"""Reach a server, start it where nobody has, stop it.

A server belongs to its keeper (see `keeper`), a detached process that holds a file lock for as long as it
lives. Reaching a server costs a file, a lock and a socket: nothing here imports a driver.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import docfliq_katas
from docfliq_katas.errors import Misuse
from docfliq_katas.services.places import Place, Running, place_of
from docfliq_katas.services.server import Server, Status, without_password
from docfliq_katas.state import disk_faults, lock

if TYPE_CHECKING:
    from collections.abc import Callable

_STEP = 0.01  # seconds between two looks at a lock or a file
_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_GRACE_SECONDS = 2.0  # for a keeper to notice that its server is gone

_in_use: dict[Path, int] = {}  # the shared lock that tells a keeper "somebody is here", one descriptor a server
_revived: set[Path] = set()  # servers that this process found dead at their last start, so that it can say so later


def ensure(name: str, label: str) -> Server:
    """Return the server called `name`, started where it is not up; two callers at once share one server.

    Raises:
        Misuse: it cannot be started; the line says why.
    """
    place = place_of(name)
    _announce_use(place)
    running = attach(place)
    if running is None:
        with lock(place.start_lock):
            running = _start(place, label)
    return Server(name=label, url=running.url, external=False, restarted=place.folder in _revived)


def attach(place: Place) -> Running | None:
    """Return the running server's facts, or None where no living keeper has a server that answers."""
    running = place.read()
    if running is None or not keeper_alive(place) or not answers(running.socket):
        return None
    return running


def insist_on(name: str, label: str) -> None:
    """Pass where the server called `name` still answers: a driver would try for seconds to reach a dead one.

    Raises:
        Misuse: it died since it was reached.
    """
    if attach(place_of(name)) is None:
        raise Misuse(f"{label} died or was stopped during the run: run again, it is started anew")


def look(name: str, label: str) -> Status:
    """Return what is known of a server without starting or using it."""
    place = place_of(name)
    running = attach(place)
    if running is None:
        return Status(name=label, state="down")
    try:
        age = time.time() - place.used.stat().st_mtime
    except FileNotFoundError:
        age = math.inf
    return Status(
        name=label,
        state="up",
        pid=running.pid,
        url=without_password(running.url),
        version=running.version,
        idle_seconds=max(0.0, running.idle_minutes * 60 - age),
    )


def stop(name: str) -> bool:
    """Stop the server called `name` and return whether it was up."""
    place = place_of(name)
    with lock(place.start_lock):
        was_up = keeper_alive(place)
        _stop_keeper(place)
        place.state.unlink(missing_ok=True)
    return was_up


def keeper_alive(place: Place) -> bool:
    """Return whether a living process holds the keeper's lock."""
    try:
        descriptor = os.open(place.keeper_lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def answers(address: str, seconds: float = 1.0) -> bool:
    """Return whether somebody accepts connections at `address`; a server that is busy counts as there."""
    try:
        if address.startswith("/"):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(seconds)
                connection.connect(address)
        else:
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), timeout=seconds).close()
    except (BlockingIOError, TimeoutError):
        return True
    except OSError:
        return False
    return True


def idle_minutes() -> float:
    """Return after how many minutes without use a server is stopped: KATA_IDLE_MINUTES, or 30."""
    text = os.environ.get("KATA_IDLE_MINUTES", "30")
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise Misuse(f"KATA_IDLE_MINUTES is {text!r}: give a number of minutes above 0")
    return minutes


def _announce_use(place: Place) -> None:
    """Hold the users' lock until this process ends, and set the idle clock back."""
    with disk_faults(place.folder):
        held = _in_use.get(place.users)
        if held is None or not _is_file_at(held, place.users):
            held = os.open(place.users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(held, fcntl.LOCK_SH)  # waits for a keeper that has decided to stop
            _in_use[place.users] = held
        place.used.touch(mode=0o600)


def _is_file_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _start(place: Place, label: str) -> Running:
    """Return the server, with the start lock held; a state file without its keeper tells that it died."""
    running = _await_other_keeper(place)
    if running is not None:
        return running
    _revived.discard(place.folder)
    if place.state.exists():
        _revived.add(place.folder)
        place.state.unlink()
    _launch_keeper(place, label)
    running = attach(place)
    if running is None:
        raise Misuse(f"{label} stopped right after its start: look into {place.log}")
    return running


def _await_other_keeper(place: Place) -> Running | None:
    """Wait for a keeper that is starting or stopping; end one whose server does not answer."""
    begun = time.monotonic()
    while keeper_alive(place):
        running = attach(place)
        if running is not None:
            return running
        patience = _GRACE_SECONDS if place.state.exists() else _START_SECONDS
        if time.monotonic() - begun > patience:
            _stop_keeper(place)
            break
        time.sleep(_STEP)
    return None


def _launch_keeper(place: Place, label: str) -> None:
    """Start a keeper and wait for its word: ready, or why not."""
    source = str(Path(docfliq_katas.__file__).resolve().parent.parent)
    paths = [source, *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-m", "docfliq_katas.services.keeper", place.name, str(place.folder)]
    command.append(str(idle_minutes()))
    with disk_faults(place.log):
        place.log.unlink(missing_ok=True)
        log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "default"},
            start_new_session=True,
            timeout=_START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Misuse(f"{label} did not start in {_START_SECONDS:.0f} seconds: look into {place.log}") from None
    finally:
        os.close(log)
    word = done.stdout.decode(errors="replace").strip()
    if word != "ready":
        raise Misuse(word or f"the keeper of {label} did not start: look into {place.log}")


def _stop_keeper(place: Place) -> None:
    """Ask the keeper to stop its server; end it where it does not."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not keeper_alive(place):
            return
        pid = _keeper_pid(place)
        if pid is not None:
            os.kill(pid, number)
        if _wait(lambda: not keeper_alive(place), _STOP_SECONDS):
            return
    raise Misuse(
        f"the keeper that locks {place.keeper_lock} cannot be stopped from here: end it, or set KATA_STATE_DIR"
    )


def _keeper_pid(place: Place) -> int | None:
    """Return the pid of the keeper that holds the lock, checked against the time at which it began."""
    import psutil  # noqa: PLC0415 - only needed to stop, and reaching a server has to be quick

    try:
        written = json.loads(place.keeper_lock.read_text())
        process = psutil.Process(written["pid"])
        return int(process.pid) if process.create_time() == written["created"] else None
    except (OSError, ValueError, KeyError, psutil.Error):
        return None


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(_STEP)
    return True
