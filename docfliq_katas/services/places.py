"""Where a server keeps its files and its socket."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from docfliq_katas.errors import Misuse
from docfliq_katas.state import disk_faults, state_dir, write_atomic

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made in it is checked
_ROOMY = 2 * 1024**3  # bytes; three servers with a test run each take about 0.3 GB
_LONGEST_SOCKET_FOLDER = 80  # a socket's whole path may have 103 characters on macOS, 107 on Linux


@dataclass(frozen=True)
class Running:
    """What the keeper writes down once its server answers.

    `socket` is the path of a unix socket, or "host:port"; `idle_minutes` is the keeper's patience.
    """

    pid: int
    url: str
    socket: str
    version: str
    idle_minutes: float


@dataclass(frozen=True)
class Place:
    """The folder of one server under the state folder."""

    name: str
    folder: Path

    @property
    def state(self) -> Path:
        """Hold the facts of the running server; left behind only by a server that died."""
        return self.folder / "state.json"

    @property
    def start_lock(self) -> Path:
        """Let one process at a time start or stop the server."""
        return self.folder / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Stay locked for as long as the keeper lives: proof of life that no reused pid can fake."""
        return self.folder / "keeper.lock"

    @property
    def users(self) -> Path:
        """Stay locked, shared, by every process that uses the server."""
        return self.folder / "users.lock"

    @property
    def used(self) -> Path:
        """Tell by its age how long the server has been idle."""
        return self.folder / "used"

    @property
    def log(self) -> Path:
        """Take what the keeper and the server print."""
        return self.folder / "log"

    def read(self) -> Running | None:
        """Return the facts of the running server, or None where there are none to be read."""
        try:
            return Running(**json.loads(self.state.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, running: Running) -> None:
        """Write the facts down; the file is readable by its owner only, for it holds a password."""
        write_atomic(self.state, json.dumps(asdict(running)))


def place_of(name: str) -> Place:
    """Return the place of the server called `name`, its folder made."""
    folder = state_dir() / "services" / name
    with disk_faults(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(name, folder)


def private_folder(place: Place) -> Path:
    """Return a folder with a short name for sockets, that nobody else can write or list.

    The folder of a checkout can lie deeper than a socket's path may be long, so this one is in the system's
    temp folder. As root it can be passed through (not listed), for PostgreSQL runs under another account.

    Raises:
        Misuse: somebody else made a folder of that name first.
    """
    return _private_folder_in(_short_temp_folder(passable=os.geteuid() == 0), place)


def data_folder(place: Place) -> Path:
    """Return where the server keeps its data, which nobody needs after its end.

    In memory where the system has a roomy file system there: a busy disk would make every test wait. Else beside
    the server's state. A state folder that somebody chose holds the data too, but for those of root: PostgreSQL
    runs under another account then, which may not enter it.

    Raises:
        Misuse: somebody else made a folder of that name first.
    """
    if "KATA_STATE_DIR" not in os.environ and _is_roomy(_MEMORY):
        return _private_folder_in(_MEMORY, place) / f"{place.name}-data"
    if os.geteuid() == 0:
        return private_folder(place) / f"{place.name}-data"
    return place.folder / "data"


def _is_roomy(folder: Path) -> bool:
    """Judge by the size and not by what is free: the answer must not change while a server runs."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return False
    return found.f_frsize * found.f_blocks >= _ROOMY and os.access(folder, os.W_OK | os.X_OK)


def _private_folder_in(base: Path, place: Place) -> Path:
    mark = hashlib.sha256(os.fsencode(place.folder.parent)).hexdigest()[:10]
    folder = base / f"kata-{os.geteuid()}-{mark}"
    with disk_faults(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Misuse(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own")
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def _short_temp_folder(*, passable: bool) -> Path:
    """Return the system's temp folder, or another where that one is too deep or closed to other accounts."""
    for name in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - the folder made in it is checked
        base = Path(name).resolve()
        if len(os.fsencode(base)) > _LONGEST_SOCKET_FOLDER - len("kata-4294967295-0123456789"):
            continue
        if passable and not all(each.stat().st_mode & stat.S_IXOTH for each in (base, *base.parents)):
            continue
        if os.access(base, os.W_OK | os.X_OK):
            return base
    raise Misuse("no temp folder can be used for sockets: set TMPDIR to a short path that can be written")
