"""Runs in a process that waits: the same verdicts, begun at once, and nothing left behind."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import runner
from docfliq_katas.warm import address, hosted, libraries
from docfliq_katas.warm.client import _connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psutil

    Hosts = Callable[[], list[psutil.Process]]

pytestmark = pytest.mark.timeout(120)  # processes of their own, on a machine that may be busy
HANGS = "import pathlib, time\n\ndef test_thing() -> None:\n    pathlib.Path('begun').touch()\n    time.sleep(100)\n"
CALLER = """
import pathlib, sys
from docfliq_katas import runner
from docfliq_katas.warm import hosted
print(runner.run(pathlib.Path(sys.argv[1]), begin=hosted).green)
"""


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; fail where it never does."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.01)


def test_one_process_waits_for_all_runs(folder: Path, hosts: Hosts) -> None:
    """The first run starts it, the next ones find it, and each gets its own verdict."""
    assert runner.run(folder, begin=hosted).green
    first = hosts()
    (folder / "test_thing.py").write_text("def test_thing() -> None:\n    assert 1 == 2\n")
    run = runner.run(folder, begin=hosted)
    assert list(run.red) == ["test_thing"]
    assert "1 == 2" in run.output
    assert hosts() == first
    assert len(first) == 1


def test_two_that_come_at_once_share_one(folder: Path, hosts: Hosts) -> None:
    """Two first runs start one process between them."""
    running = [
        subprocess.Popen(
            [
                *(sys.executable, "-c"),
                CALLER,
                str(folder),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in running] == ["True", "True"]
    until(lambda: len(hosts()) == 1)  # the other one has to notice that it came second


def test_a_run_has_the_environment_and_the_place_of_its_caller(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process that waits was started with does not matter."""
    monkeypatch.setenv("LEFT_OVER", "1")
    assert runner.run(folder, begin=hosted).green
    monkeypatch.delenv("LEFT_OVER")
    monkeypatch.setenv("MINE", "kochi")
    monkeypatch.chdir(tmp_path)
    (folder / "test_thing.py").write_text(
        "import os\n\ndef test_thing() -> None:\n"
        "    assert (os.environ['MINE'], os.environ.get('LEFT_OVER')) == ('kochi', None)\n"
        f"    assert os.getcwd() == {str(tmp_path)!r}\n"
    )
    assert runner.run(folder, begin=hosted).red == {}


def test_a_run_ends_with_the_one_who_waits_for_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts
) -> None:
    """Whoever goes away takes the run along, and the process goes on waiting for others."""
    monkeypatch.chdir(tmp_path)
    (folder / "test_thing.py").write_text(HANGS)
    caller = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            CALLER,
            str(folder),
        ]
    )
    until((tmp_path / "begun").exists)
    [host] = hosts()
    assert host.children()
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    until(lambda: not host.children())
    (folder / "test_thing.py").write_text("def test_thing() -> None:\n    pass\n")
    assert runner.run(folder, begin=hosted).green
    assert hosts() == [host]


def test_a_run_that_is_not_wanted_any_more_is_ended(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts
) -> None:
    """A caller can give up a run and go on."""
    monkeypatch.chdir(tmp_path)
    (folder / "test_thing.py").write_text(HANGS)
    running = runner.Running(folder, begin=hosted)
    until((tmp_path / "begun").exists)
    running.abandon()
    [host] = hosts()
    until(lambda: not host.children())


def test_a_host_that_dies_costs_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts
) -> None:
    """When it is killed in the middle of a run, the caller hears so, and the next run starts another."""
    monkeypatch.chdir(tmp_path)
    (folder / "test_thing.py").write_text(HANGS)
    running = runner.Running(folder, begin=hosted)
    until((tmp_path / "begun").exists)
    [host] = hosts()
    host.kill()
    while not running.read():
        pass
    assert "the run died without a word" in str(running.finish().problem)
    (folder / "test_thing.py").write_text("def test_thing() -> None:\n    pass\n")
    assert runner.run(folder, begin=hosted).green


def test_what_is_out_of_date_is_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts) -> None:
    """A process whose libraries are older than the disk's ends, and the run does not use it."""
    assert runner.run(folder, begin=hosted).green
    [old] = hosts()
    marks = iter(["newer than that"])
    now = libraries.fingerprint()
    monkeypatch.setattr(libraries, "fingerprint", lambda: next(marks, now))
    assert runner.run(folder, begin=hosted).green
    until(lambda: old not in hosts())
    assert len(hosts()) == 1


def test_a_fingerprint_follows_the_machinery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It changes with any file of the machinery, and with nothing else."""
    (tmp_path / "probe.py").write_text("a = 1\n")
    monkeypatch.setattr(libraries, "_PACKAGE", tmp_path)
    first = libraries.fingerprint()
    (tmp_path / "notes.txt").write_text("nothing\n")
    assert libraries.fingerprint() == first
    (tmp_path / "probe.py").write_text("a = 23\n")
    assert libraries.fingerprint() != first


def test_it_ends_when_nobody_comes(folder: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts) -> None:
    """After its idle time the process is gone, with its socket."""
    monkeypatch.setenv("KATA_IDLE_MINUTES", "0.001")
    assert runner.run(folder, begin=hosted).green
    until(lambda: not hosts())
    assert not address.here().socket.exists()


def test_one_who_says_nothing_stops_nobody(folder: Path) -> None:
    """A connection without a request, or with nonsense in it, is dropped."""
    assert runner.run(folder, begin=hosted).green
    for nonsense in (b"", b"{}\n", b"nonsense\n"):
        with _connect(address.here()) as connection:
            connection.sendall(nonsense)
    assert runner.run(folder, begin=hosted).green


def test_nobody_else_can_ask(folder: Path) -> None:
    """Whoever reaches the socket could run code: only its owner may."""
    assert runner.run(folder, begin=hosted).green
    assert stat.S_IMODE(address.here().socket.stat().st_mode) == 0o600


def test_no_process_waits_where_that_is_not_wanted(folder: Path, monkeypatch: pytest.MonkeyPatch, hosts: Hosts) -> None:
    """KATA_WARM=0 runs everything in the process that was asked."""
    monkeypatch.setenv("KATA_WARM", "0")
    assert runner.run(folder, begin=hosted).green
    assert hosts() == []


def test_without_a_host_the_run_takes_place_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process can be started, the caller runs the lesson itself."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert runner.run(folder, begin=hosted).green


def test_the_one_who_asks_imports_nothing_heavy() -> None:
    """What runs lessons is imported by the process that waits, and not again by each caller."""
    code = (
        "import sys; from docfliq_katas.cli import judging;"
        "heavy = {'fastapi', 'sqlalchemy', 'pytest', '_pytest', 'beanie', 'pymongo', 'redis', 'asyncpg', 'psutil'};"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
