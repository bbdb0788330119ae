"""Who uses which database: a locked file each, so that a run which dies is noticed and cleaned up after."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass, replace
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
        """Let go of a database that is not clean: a later run will clean it."""
        os.close(self.descriptor)

    def offer(self, folder: Path) -> None:
        """Put a clean database into a folder of spare ones, for whoever comes first."""
        with disk_faults(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.rename(folder / self.name)
        os.close(self.descriptor)


def folder_of(service: str, server: Server) -> Path:
    """Return the folder with the leases of this very server: one's own servers are kept apart by their address."""
    folder = place_of(service).folder / "leases" / (_mark(server) if server.external else "embedded")
    with disk_faults(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def spares_of(service: str, server: Server) -> Path:
    """Return the folder of this server's spare databases; each start has its own, for the password is new."""
    return place_of(service).folder / "spares" / _mark(server)


def _mark(server: Server) -> str:
    return hashlib.sha256(server.url.encode()).hexdigest()[:16]


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


def take_spare(spares: Path, folder: Path) -> Lease | None:
    """Return the lease of a spare database, moved to the folder of leases in use; None where there is none."""
    for path in _entries(spares):
        lease = take(spares, path.name)
        if lease is None:
            continue
        if lease.inherited:
            moved = path.rename(folder / path.name)
            return replace(lease, path=moved)
        lease.finish()  # somebody took it between our two steps
    return None


def count(folder: Path) -> int:
    """Return how many leases lie in the folder."""
    return len(_entries(folder))


def forget_other_spares(spares: Path) -> None:
    """Remove what is told of the spare databases of servers that are gone."""
    for folder in _entries(spares.parent):
        if folder != spares:
            shutil.rmtree(folder, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def left_behind(folder: Path) -> Iterator[Lease]:
    """Yield the leases whose holder has died, each of them taken over."""
    for path in _entries(folder):
        lease = take(folder, path.name)
        if lease is None:
            continue
        if lease.inherited:
            yield lease
        else:
            lease.finish()
