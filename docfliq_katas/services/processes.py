"""Start, recognise and end processes of servers."""

from __future__ import annotations

import errno
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import psutil

from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from docfliq_katas.services.places import Running

Found = TypeVar("Found")

_STEP = 0.01  # seconds between two looks
_PROGRAMS = ("postgres", "initdb", "valkey-server")
_MODULES = (["-m", "secantus"], ["-m", "docfliq_katas.services.keeper"])
_DISK_WORDS = {
    "No space left on device": "the disk is full: free some space",
    "Disk quota exceeded": "the disk quota is used up: free some space",
    "Read-only file system": "the disk is read-only: set KATA_STATE_DIR to a folder that can be written",
}


@dataclass(frozen=True)
class Account:
    """A system account that a server runs under."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Started:
    """A server that answers, with the signal that stops it."""

    process: subprocess.Popen[bytes]
    running: Running
    stop_signal: signal.Signals


@dataclass(frozen=True)
class Ground:
    """What a server stands on: its folder for data, its folder for sockets, and the file that it prints to."""

    data: Path
    sockets: Path
    log: Path
    idle_minutes: float


def unprivileged_account() -> Account | None:
    """Return `nobody` where this process is root, None where it is an ordinary user already.

    Raises:
        Misuse: this process is root and the system has no such account.
    """
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam("nobody")
    except KeyError:
        raise Misuse("PostgreSQL does not run as root and there is no account `nobody`: use an ordinary user") from None
    return Account(found.pw_uid, found.pw_gid)


def spawn(
    command: Sequence[str | Path], *, folder: Path, log: Path, account: Account | None = None
) -> subprocess.Popen[bytes]:
    """Start a program in `folder` under `account`, with a bare environment: no PGPORT or the like gets in.

    Raises:
        PermissionError: the account cannot reach the program.
        Misuse: this process may not change to the account.
    """
    kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    change = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    with log.open("ab") as output:
        try:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - programs of our wheels
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env={**kept, "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"},
                **change,
            )
        except PermissionError as error:
            if error.errno == errno.EPERM:
                raise Misuse(
                    "PostgreSQL does not run as root here and may not change to `nobody`: use an ordinary user"
                ) from error
            raise


@contextmanager
def ended_on_error(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End `process` where the block does not come to its end."""
    try:
        yield
    except BaseException:
        end(process, signal.SIGKILL)
        raise


def wait_until(
    process: subprocess.Popen[bytes], look: Callable[[], Found | None], *, label: str, log: Path, seconds: float = 40.0
) -> Found:
    """Return what `look` finds, as soon as it finds something.

    Raises:
        Misuse: the process ended before that, or took too long; the line carries its last words.
    """
    limit = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if process.poll() is not None:
            raise Misuse(explain(label, log))
        if time.monotonic() > limit:
            raise Misuse(f"{label} did not answer in {seconds:.0f} seconds: look into {log}")
        time.sleep(_STEP)


def explain(label: str, log: Path) -> str:
    """Return one line on why a server did not start, from what it printed."""
    text = log.read_text(encoding="utf-8", errors="replace")
    for words, advice in _DISK_WORDS.items():
        if words in text:
            return f"cannot write {log.parent}: {advice}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    last = (telling or lines or ["it printed nothing"])[-1]
    return f"{label} did not start: {last} (see {log})"


def end(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float = 5.0) -> None:
    """End a child with `number`, and by force where that does not do."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def end_leftovers(folders: Sequence[Path]) -> int:
    """Kill what a dead keeper of the same folders left running, and return how many processes those were.

    A process is recognised by its program and by one of `folders` in its command line or as its working
    folder, never by a number, which after a reboot may be anybody's.
    """
    left = [process for process in psutil.process_iter() if process.pid != os.getpid() and _is_ours(process, folders)]
    for process in left:
        try:
            process.kill()
        except psutil.Error:
            continue
    limit = time.monotonic() + 5
    while any(_runs(process) for process in left) and time.monotonic() < limit:
        time.sleep(_STEP)
    return len(left)


def _runs(process: psutil.Process) -> bool:
    """Return whether a process does anything: one that only waits to be buried by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _is_ours(process: psutil.Process, folders: Sequence[Path]) -> bool:
    try:
        words = process.cmdline()
        if not _is_a_server(words):
            return False
        return any(_is_below(word, folders) for word in [*words, process.cwd()])
    except (psutil.Error, OSError):
        return False


def _is_a_server(words: list[str]) -> bool:
    """Return whether a command line is one of ours, rather than an editor's with one of our files."""
    if not words:
        return False
    title = words[0].startswith("postgres: ")  # what the processes that PostgreSQL forks call themselves
    return title or words[0].rpartition("/")[2] in _PROGRAMS or words[1:3] in _MODULES


def _is_below(word: str, folders: Sequence[Path]) -> bool:
    return any(word == str(folder) or word.startswith(f"{folder}/") for folder in folders)


def remove(folder: Path) -> None:
    """Remove a folder of throw-away data; what resists is left for the next start."""
    shutil.rmtree(folder, ignore_errors=True)
