"""Real servers in a state folder of the test's own, all of them gone at its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import services
from docfliq_katas.services import mongodb, postgres, processes, valkey
from docfliq_katas.services.places import place_of, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOT = Path(__file__).resolve().parents[2]
_OWN = ("KATA_POSTGRES_URL", "KATA_MONGODB_URL", "KATA_REDIS_URL", "KATA_ALLOW_REMOTE", "KATA_IDLE_MINUTES")


@pytest.fixture(autouse=True)
def state(tmp_path: Path) -> Iterator[Path]:
    """Give the test a state folder and end every process over it when the test ends."""
    with _state_in(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def shared_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the tests of a module one state folder, so that each server is started once for all of them."""
    with _state_in(tmp_path_factory.mktemp("shared")) as folder:
        yield folder


@contextmanager
def _state_in(parent: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        for name in _OWN:
            patch.delenv(name, raising=False)
        folder = parent / "state"
        patch.setenv("KATA_STATE_DIR", str(folder))
        yield folder
        patch.setenv("KATA_STATE_DIR", str(folder))
        services.down()
        sockets = private_folder(place_of("valkey"))
        processes.end_leftovers([folder / "services", sockets])
        processes.remove(sockets)


@pytest.fixture
def other_state(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Return a function that moves on to a second state folder, as another checkout has it."""
    folder = tmp_path / "other"
    yield lambda: monkeypatch.setenv("KATA_STATE_DIR", str(folder))
    monkeypatch.setenv("KATA_STATE_DIR", str(folder))
    services.down()
    processes.remove(private_folder(place_of("valkey")))
    monkeypatch.setenv("KATA_STATE_DIR", str(state))


@pytest.fixture(params=[postgres, valkey, mongodb], ids=lambda module: module.NAME)
def service(request: pytest.FixtureRequest) -> ModuleType:
    """Be each of the three services in turn."""
    module = request.param
    assert isinstance(module, ModuleType)
    return module


@pytest.fixture
def start_program() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python programs that are ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, **options: object) -> subprocess.Popen[str]:
        python = str(options.pop("python", sys.executable))
        environment = {"PYTHONPATH": str(_ROOT), **os.environ}
        program = subprocess.Popen(  # type: ignore[call-overload]
            [python, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"env": environment, **options},
        )
        started.append(program)
        assert isinstance(program, subprocess.Popen)
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


@pytest.fixture
def run_program(start_program: Callable[..., subprocess.Popen[str]]) -> Callable[..., str]:
    """Run a Python program to its end and return what it printed."""

    def run(code: str, **options: object) -> str:
        out, complaint = start_program(code, **options).communicate(timeout=50)
        return out.strip() or complaint.strip()

    return run


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait until something holds; fail where it never does."""

    def wait(holds: Callable[[], object]) -> None:
        limit = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < limit, "it never came to hold"
            time.sleep(0.01)

    return wait


@pytest.fixture
def is_running() -> Callable[[int], bool]:
    """Tell whether a process runs; one that only waits to be buried does not."""

    def check(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return check
