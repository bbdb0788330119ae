"""Who uses which database: a locked file each, so that a run which dies is noticed and cleaned up after."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas.services.places import place_of
from docfliq_katas.state import disk_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from docfliq_katas.services.server import Server

PREFIX = "kata_"


@dataclass(frozen=True)
class Lease:
    """The right to one database of a server; `inherited` when a run that died held it before."""

    name: str
    inherited: bool
    path: Path
    descriptor: int

    def confirm(self) -> None:
        """Write down that the database is ours from now on, for whoever finds this lease without its owner."""
        with disk_faults(self.path):
            os.pwrite(self.descriptor, b"ours\n", 0)

    def finish(self) -> None:
        """Give the database back as clean."""
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)

    def abandon(self) -> None:
        """Let go of a database that could not be cleaned: a later run will clean it."""
        os.close(self.descriptor)


def folder_of(service: str, server: Server) -> Path:
    """Return the folder with the leases of this very server: one's own servers are kept apart by their address."""
    mark = hashlib.sha256(server.url.encode()).hexdigest()[:16] if server.external else "embedded"
    folder = place_of(service).folder / "leases" / mark
    with disk_faults(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def take_new(folder: Path) -> Lease:
    """Return the lease of a database name that nobody has used: the prefix, this process, a random part."""
    while True:
        lease = take(folder, f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}")
        if lease is not None:
            return lease


def take(folder: Path, name: str) -> Lease | None:
    """Return the lease called `name`, or None where a living process has it."""
    path = folder / name
    with disk_faults(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.fstat(descriptor)
            if os.path.samestat(held, path.stat()):
                return Lease(name=name, inherited=held.st_size > 0, path=path, descriptor=descriptor)
        except (BlockingIOError, FileNotFoundError):
            pass  # somebody has it, or gave it back between our two steps
        os.close(descriptor)
    return None


def left_behind(folder: Path) -> Iterator[Lease]:
    """Yield the leases whose holder has died, each of them taken over."""
    for path in sorted(folder.iterdir()):
        lease = take(folder, path.name)
        if lease is None:
            continue
        if lease.inherited:
            yield lease
        else:
            lease.finish()
