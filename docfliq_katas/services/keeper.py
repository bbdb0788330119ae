"""The detached process that owns one server: starts it, stops it when nobody uses it, cleans up after it.

`python -m docfliq_katas.services.keeper <name> <folder> <idle minutes>` prints "ready" or one line on what is
wrong, and stays. A server's data live as long as the server: every start makes them anew, so no crash, reboot
or half-made folder can reach the next one. After a death the state file is left behind as the sign of it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import math
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import psutil

from docfliq_katas.errors import Misuse
from docfliq_katas.services import mongodb_process, postgres_process, valkey_process
from docfliq_katas.services.places import Place, data_folder, private_folder
from docfliq_katas.services.processes import Ground, Started, end, end_leftovers, remove
from docfliq_katas.state import disk_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTERS = {"postgres": postgres_process.start, "valkey": valkey_process.start, "mongodb": mongodb_process.start}
_LOCK_SECONDS = 5.0  # those who only look hold the lock for microseconds
_LONGEST_NAP = 3600.0


class _AskedToStop(BaseException):
    """A signal asked the keeper to stop."""


def main(name: str, folder: str, idle_minutes: str) -> None:
    """Leave the caller's process tree, then keep the server called `name` until it is to stop."""
    if os.fork():
        os._exit(0)
    os.umask(0o077)
    place = Place(name, Path(folder))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask_to_stop)
    with contextlib.suppress(_AskedToStop):
        try:
            with disk_faults(place.folder), _only_keeper(place):
                _keep(place, float(idle_minutes))
        except Misuse as fault:
            _say(str(fault))


def _ask_to_stop(*_: object) -> NoReturn:
    raise _AskedToStop


@contextlib.contextmanager
def _only_keeper(place: Place) -> Iterator[None]:
    """Hold the keeper's lock, with this process's identity written into it."""
    limit = time.monotonic() + _LOCK_SECONDS
    with place.keeper_lock.open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > limit:
                    raise Misuse(f"{place.keeper_lock} is held by another keeper: run the command again") from None
                time.sleep(0.005)
        me = psutil.Process()
        file.truncate(0)
        file.write(json.dumps({"pid": me.pid, "created": me.create_time()}))
        file.flush()
        yield


def _keep(place: Place, idle_minutes: float) -> None:
    """Start the server, say so, and stop it in the end."""
    sockets = private_folder(place) / place.name
    ground = Ground(data=data_folder(place), sockets=sockets, log=place.log, idle_minutes=idle_minutes)
    end_leftovers([place.folder, sockets, ground.data])
    _clear_ground(ground)
    alarm = _alarm_on_death_of_children()
    try:
        _make_ground(place, ground)
        started = _STARTERS[place.name](ground)
        try:
            place.write(started.running)
            _say("ready")
            if _outlived(started, place, alarm):
                place.state.unlink(missing_ok=True)
        except BaseException:
            place.state.unlink(missing_ok=True)
            raise
        finally:
            _refuse_interruption()
            end(started.process, started.stop_signal)
    finally:
        _refuse_interruption()
        _clear_ground(ground)


def _outlived(started: Started, place: Place, alarm: int) -> bool:
    """Wait until nobody has used the server for its idle time; return False where it dies before that."""
    patience = started.running.idle_minutes * 60
    while started.process.poll() is None:
        left = patience - _seconds_unused(place)
        if left <= 0:
            if _nobody_uses(place):
                return True
            place.used.touch()
            left = patience
        select.select([alarm], [], [], min(left, _LONGEST_NAP))
        with contextlib.suppress(BlockingIOError):
            os.read(alarm, 512)
    return False


def _seconds_unused(place: Place) -> float:
    try:
        return time.time() - place.used.stat().st_mtime
    except FileNotFoundError:
        return math.inf


def _nobody_uses(place: Place) -> bool:
    """Take the users' lock for good where no living process shares it: who comes now waits for the end."""
    try:
        descriptor = os.open(place.users, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True


def _alarm_on_death_of_children() -> int:
    """Return a descriptor that becomes readable when a child ends, so that waiting costs nothing."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _refuse_interruption() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _make_ground(place: Place, ground: Ground) -> None:
    for parent_of, folder in ((data_folder, ground.data), (private_folder, ground.sockets)):
        while not folder.is_dir():
            parent_of(place)
            # The keeper of another server may remove the shared parent between these two steps, where it is empty.
            with contextlib.suppress(FileNotFoundError), disk_faults(folder):
                folder.mkdir(mode=0o700)


def _clear_ground(ground: Ground) -> None:
    for folder in (ground.data, ground.sockets):
        remove(folder)
    for parent in {ground.data.parent, ground.sockets.parent} - {ground.log.parent}:
        with contextlib.suppress(OSError):
            parent.rmdir()  # other servers of this checkout may still be in it


def _say(word: str) -> None:
    """Tell the process that waits, if it still does, and let it go."""
    try:
        os.write(1, word.encode())
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
    os.dup2(2, 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
