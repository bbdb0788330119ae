from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from docfliq_katas import services
from docfliq_katas.errors import Misuse
from docfliq_katas.services import lifecycle, mongodb, postgres, valkey
from docfliq_katas.services.places import data_folder, place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def running_pid(service: ModuleType) -> int:
    """Return the pid that the state file names."""
    running = place_of(service.NAME).read()
    assert running is not None
    return running.pid


def keeper_pid(service: ModuleType) -> int:
    """Return the pid that the keeper wrote down."""
    return int(json.loads(place_of(service.NAME).keeper_lock.read_text())["pid"])


def test_a_server_is_started_once_and_then_reached(service: ModuleType) -> None:
    """The second caller gets the server that the first one started."""
    first = service.server()
    pid = running_pid(service)
    second = service.server()
    assert (second, running_pid(service)) == (first, pid)
    assert not first.external
    assert not first.restarted


def test_two_processes_at_once_share_one_server(start_program: Callable[..., subprocess.Popen[str]]) -> None:
    """Whoever comes second waits for the server of the first."""
    code = "from docfliq_katas.services import valkey; print(valkey.server().url)"
    programs = [start_program(code) for _ in range(4)]
    urls = {program.communicate(timeout=50)[0].strip() for program in programs}
    assert urls == {valkey.server().url}


def test_the_server_outlives_the_run_that_started_it(
    run_program: Callable[..., str], is_running: Callable[[int], bool]
) -> None:
    """A run that ends leaves the server up for the next one."""
    url = run_program("from docfliq_katas.services import valkey; print(valkey.server().url)")
    assert valkey.server().url == url
    assert is_running(running_pid(valkey))


def test_a_killed_server_is_started_again_with_a_word(
    service: ModuleType, until: Callable[[Callable[[], object]], None]
) -> None:
    """A server that died is replaced, and the caller learns of it."""
    service.server()
    dead = running_pid(service)
    os.kill(dead, signal.SIGKILL)
    until(lambda: service.status().state == "down")
    again = service.server()
    assert again.restarted
    assert running_pid(service) != dead
    assert service.status().state == "up"


def test_a_killed_keeper_leaves_no_second_server(
    service: ModuleType, is_running: Callable[[int], bool], until: Callable[[Callable[[], object]], None]
) -> None:
    """The orphan of a dead keeper is ended before a new server stands on the same folder."""
    service.server()
    orphan = running_pid(service)
    os.kill(keeper_pid(service), signal.SIGKILL)
    until(lambda: not lifecycle.keeper_alive(place_of(service.NAME)))
    assert is_running(orphan)
    service.server()
    assert not is_running(orphan)
    assert is_running(running_pid(service))


def test_pids_of_strangers_are_left_alone(
    start_program: Callable[..., subprocess.Popen[str]], is_running: Callable[[int], bool]
) -> None:
    """After a reboot the pids in our files belong to others: they are neither trusted nor ended."""
    stranger = start_program("input()", stdin=-1)
    place = place_of("valkey")
    place.state.write_text(
        json.dumps({"pid": stranger.pid, "url": "unix:///x", "socket": "/nowhere", "version": "9", "idle_minutes": 30})
    )
    place.keeper_lock.write_text(
        json.dumps({"pid": stranger.pid, "created": psutil.Process(stranger.pid).create_time()})
    )
    assert valkey.status().state == "down"
    assert valkey.server().restarted
    assert services.down() == ["Valkey"]
    assert is_running(stranger.pid)


def test_whoever_reads_a_log_is_left_alone(until: Callable[[Callable[[], object]], None]) -> None:
    """A program with one of our files on its command line is not one of our servers."""
    valkey.server()
    with subprocess.Popen(["tail", "-f", place_of("valkey").log], stdout=subprocess.DEVNULL) as reader:
        os.kill(keeper_pid(valkey), signal.SIGKILL)
        until(lambda: valkey.status().state == "down")
        assert valkey.server().restarted
        assert reader.poll() is None
        reader.kill()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "other": 2}'])
def test_a_garbled_state_file_does_not_matter(text: str) -> None:
    """What cannot be read counts as no server."""
    place_of("valkey").state.write_text(text)
    assert valkey.status().state == "down"
    assert valkey.server().url


def test_leftover_data_do_not_matter() -> None:
    """A start makes its data anew, whatever an earlier one left half done."""
    data = data_folder(place_of("mongodb"))
    data.mkdir()
    (data / "WiredTiger.turtle").write_text("garbage")
    assert mongodb.server().url


def test_a_server_whose_socket_was_swept_away_is_replaced(is_running: Callable[[int], bool]) -> None:
    """Those who tidy temp folders may remove a socket; the server behind it is of no use then."""
    valkey.server()
    lost = running_pid(valkey)
    running = place_of("valkey").read()
    assert running is not None
    Path(running.socket).unlink()
    assert valkey.server().url
    assert valkey.status().state == "up"
    assert not is_running(lost)


def test_a_removed_state_folder_leaves_one_server(state: Path, is_running: Callable[[int], bool]) -> None:
    """`git clean -fdx` under a running server: the next start ends the server that lost its folder."""
    valkey.server()
    lost = running_pid(valkey)
    state.rename(state.with_name("removed"))
    valkey.server()
    assert not is_running(lost)
    assert is_running(running_pid(valkey))


def test_an_idle_server_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
    run_program: Callable[..., str],
    until: Callable[[Callable[[], object]], None],
    is_running: Callable[[int], bool],
) -> None:
    """Once nobody uses it for its idle time a server goes, and takes its files with it."""
    monkeypatch.setenv("KATA_IDLE_MINUTES", "0.01")
    place = place_of("valkey")
    pid = int(
        run_program(
            "from docfliq_katas.services import valkey, places;"
            "valkey.server(); print(places.place_of('valkey').read().pid)"
        )
    )
    until(lambda: not lifecycle.keeper_alive(place))
    assert not is_running(pid)
    assert not place.state.exists()
    assert not data_folder(place).exists()
    monkeypatch.delenv("KATA_IDLE_MINUTES")
    assert not valkey.server().restarted


def test_a_server_in_use_is_not_idle(
    monkeypatch: pytest.MonkeyPatch, until: Callable[[Callable[[], object]], None]
) -> None:
    """As long as a process that reached the server lives, the idle clock is set back."""
    monkeypatch.setenv("KATA_IDLE_MINUTES", "0.01")
    valkey.server()
    place = place_of("valkey")
    before = place.used.stat().st_mtime
    until(lambda: not place.used.exists() or place.used.stat().st_mtime > before + 0.5)
    assert valkey.status().state == "up"


@pytest.mark.parametrize(
    ("service", "number"),
    [(postgres, signal.SIGINT), (mongodb, signal.SIGINT), (valkey, signal.SIGINT), (valkey, signal.SIGKILL)],
)
def test_an_interrupted_start_blocks_nobody(
    number: signal.Signals,
    service: ModuleType,
    start_program: Callable[..., subprocess.Popen[str]],
    until: Callable[[Callable[[], object]], None],
) -> None:
    """Ctrl-C in the middle of a start leaves nothing that the next call trips over."""
    starter = start_program(f"from docfliq_katas.services import {service.NAME} as s; s.server()")
    until(lambda: lifecycle.keeper_alive(place_of(service.NAME)))
    starter.send_signal(number)
    starter.communicate(timeout=20)
    assert not service.server().restarted


def test_a_keeper_killed_in_its_start_blocks_nobody(
    start_program: Callable[..., subprocess.Popen[str]],
    until: Callable[[Callable[[], object]], None],
    is_running: Callable[[int], bool],
) -> None:
    """A half-started server is ended by the next start, and the caller of the first gets one line."""
    starter = start_program(
        "from docfliq_katas.services import postgres, lifecycle\n"
        "from docfliq_katas.errors import Misuse\n"
        "try: postgres.server()\nexcept Misuse as fault: print(fault)"
    )
    place = place_of("postgres")
    until(lambda: lifecycle.keeper_alive(place) and data_folder(place).exists())
    os.kill(keeper_pid(postgres), signal.SIGKILL)
    out, complaint = starter.communicate(timeout=20)
    assert "keeper of PostgreSQL did not start" in out, complaint
    postgres.server()
    assert is_running(running_pid(postgres))


def test_down_stops_and_up_starts_all() -> None:
    """`down` names what it stopped; a second `down` has nothing to do."""
    assert [server.name for server in services.up()] == ["PostgreSQL", "Valkey", "MongoDB"]
    assert {entry.state for entry in services.status()} == {"up"}
    assert services.down() == ["PostgreSQL", "Valkey", "MongoDB"]
    assert {entry.state for entry in services.status()} == {"down"}
    assert services.down() == []


def test_a_long_path_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: ModuleType) -> None:
    """A checkout may lie deeper than the path of a socket may be long."""
    monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / ("deep " * 20) / ("deeper" * 20)))
    try:
        assert service.server().url
    finally:
        services.down()


def test_two_checkouts_have_a_server_each(other_state: Callable[[], None], service: ModuleType) -> None:
    """Another checkout on the same machine is another world."""
    here, here_pid = service.server(), running_pid(service)
    other_state()
    there, there_pid = service.server(), running_pid(service)
    assert here.url != there.url
    assert here_pid != there_pid


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", ""])
def test_an_idle_time_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong setting is named in one line."""
    monkeypatch.setenv("KATA_IDLE_MINUTES", text)
    with pytest.raises(Misuse, match="KATA_IDLE_MINUTES is"):
        valkey.server()


def test_a_program_that_is_killed_frees_the_lock(start_program: Callable[..., subprocess.Popen[str]]) -> None:
    """A run that is killed while it holds the start lock does not block the next one."""
    program: subprocess.Popen[str] = start_program(
        "from docfliq_katas.services.places import place_of\nfrom docfliq_katas.state import lock\n"
        "with lock(place_of('valkey').start_lock): print('held', flush=True); input()",
        stdin=-1,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    program.kill()
    assert valkey.server().url
