from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import services
from docfliq_katas.services.places import place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@pytest.fixture(autouse=True)
def state(shared_state: Path) -> Path:
    """Let the tests of this module share their servers."""
    return shared_state


def test_reaching_a_server_loads_no_driver(run_program: Callable[..., str]) -> None:
    """Reaching costs a file, a lock and a socket."""
    services.up()
    code = (
        "import sys; from docfliq_katas import services; services.up(); services.status();"
        "print({'asyncpg', 'redis', 'pymongo', 'sqlalchemy', 'psutil', 'asyncio'} & set(sys.modules))"
    )
    assert run_program(code) == "set()"


def test_status_tells_pid_version_and_idle_time_but_no_password(service: ModuleType) -> None:
    """The status may be pasted into a ticket."""
    server = service.server()
    status = service.status()
    password = re.search(r":([\w-]{20,})@", server.url)
    assert password is not None
    running = place_of(service.NAME).read()
    assert running is not None
    assert status.pid == running.pid
    assert password[1] not in status.url
    assert re.match(r"\d+\.\d+", status.version)
    assert 0 < status.idle_seconds <= 1800


def test_nothing_is_open_to_others(service: ModuleType) -> None:
    """Passwords are readable by their owner only; sockets are private, ports are on loopback."""
    service.server()
    running = place_of(service.NAME).read()
    assert running is not None
    assert stat.S_IMODE(place_of(service.NAME).state.stat().st_mode) == 0o600
    listening = [
        each.laddr.ip for each in psutil.Process(running.pid).net_connections("inet") if each.status == "LISTEN"
    ]
    if running.socket.startswith("/"):
        assert stat.S_IMODE(Path(running.socket).parent.stat().st_mode) == 0o700
        assert listening == []
    else:
        assert listening == ["127.0.0.1"]
