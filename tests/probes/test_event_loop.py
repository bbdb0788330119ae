from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from docfliq_katas.probes import watchdog
from docfliq_katas.probes.event_loop import THRESHOLD, LoopProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

WANTS = "nothing that blocks inside async def"
SLICE = """
    import asyncio
    import hashlib
    import re
    import subprocess
    import time
    import urllib.request


    async def sleeps():
        time.sleep(0.3)


    async def hashes():
        hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 900_000)


    async def stretches():
        for _ in range(7):
            hashlib.scrypt(b"secret", salt=b"salt", n=2**14, r=8, p=1)


    async def computes():
        total = 0
        for number in range(9_000_000):
            total += number
        return total


    async def keeps_the_interpreter():
        return re.match(r"(a+)+$", "a" * 23 + "b")


    async def reads(path):
        with open(path) as file:
            return file.read()


    async def asks(url):
        return urllib.request.urlopen(url).read()


    async def runs():
        subprocess.run(["sleep", "0.3"])


    async def swallows():
        try:
            time.sleep(0.3)
            raise ValueError
        except Exception:
            return "fallback"


    async def awaits():
        await asyncio.sleep(0.3)


    async def offloads():
        await asyncio.to_thread(time.sleep, 0.3)


    async def computes_in_a_thread():
        await asyncio.to_thread(lambda: sum(number for number in range(6_000_000)))


    async def computes_a_little():
        for _ in range(20):
            sum(range(500_000))
            await asyncio.sleep(0)


    async def computes_for_25_ms(times=1):
        for _ in range(times):
            start = time.thread_time()
            while time.thread_time() - start < 0.025:
                pass
            await asyncio.sleep(0)


    async def serves_many():
        await asyncio.gather(*(computes_for_25_ms() for _ in range(10)))
"""
LINES = {
    "sleeps": 10,
    "hashes": 14,
    "stretches": 19,
    "keeps_the_interpreter": 30,
    "runs": 43,
    "swallows": 48,
}


@pytest.fixture
def slow_url() -> Iterator[str]:
    """A real server on a socket that answers after 0.3 s."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.recv(10_000)
            time.sleep(0.3)
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nok")
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    thread.join()
    listener.close()


@pytest.fixture
def slow_file(tmp_path: Path) -> Iterator[Path]:
    """A file whose content comes after 0.3 s: a pipe with a late writer."""
    path = tmp_path / "slow"
    os.mkfifo(path)

    def write() -> None:
        time.sleep(0.3)
        path.write_text("late")

    thread = threading.Thread(target=write)
    thread.start()
    yield path
    thread.join()


def _burn(parent: int) -> None:
    while os.getppid() == parent:  # a run that was killed leaves nobody computing
        sum(range(100_000))


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """Two processes that compute without a pause."""
    processes = [
        multiprocessing.get_context("spawn").Process(target=_burn, args=(os.getpid(),), daemon=True) for _ in range(2)
    ]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


async def verdict_on(function: Callable[..., Any], *arguments: object) -> str:
    """Return what the probe says of one call, on one line."""
    async with LoopProbe().watch() as heartbeat:
        await function(*arguments)
    with pytest.raises(Verdict) as caught:
        heartbeat.assert_free(wants=WANTS)
    return " ".join(str(caught.value).split())


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("sleeps", "time.sleep(0.3)"),
        ("hashes", "hashlib.pbkdf2_hmac("),
        ("stretches", "hashlib.scrypt("),
        ("keeps_the_interpreter", "re.match("),
        ("runs", "subprocess.run("),
        ("swallows", "time.sleep(0.3)"),
    ],
)
async def test_a_blocking_call_is_named_with_its_line(slice_of: SliceOf, name: str, call: str) -> None:
    """A call that blocks the loop is named, with file and line, whether it waits or computes."""
    message = await verdict_on(getattr(slice_of(SLICE), name))
    assert f"s in {call}" in message
    assert f"src/posts/service.py:{LINES[name]} ({name})" in message


async def test_a_python_loop_is_caught(slice_of: SliceOf) -> None:
    """A loop in Python blocks as well as a call does."""
    message = await verdict_on(slice_of(SLICE).computes)
    assert "(computes)" in message


async def test_a_slow_file_is_caught(slice_of: SliceOf, slow_file: Path) -> None:
    """Reading a file blocks for as long as the file takes."""
    message = await verdict_on(slice_of(SLICE).reads, slow_file)
    assert "s in open(path)" in message
    assert "src/posts/service.py:34 (reads)" in message


async def test_a_slow_server_is_caught(slice_of: SliceOf, slow_url: str) -> None:
    """A synchronous client blocks for as long as the other side takes, and the library is named too."""
    message = await verdict_on(slice_of(SLICE).asks, slow_url)
    assert "urllib.request.urlopen(url)" in message
    assert "(inside socket.readinto)" in message


@pytest.mark.parametrize("name", ["awaits", "offloads", "computes_in_a_thread", "computes_a_little", "serves_many"])
async def test_a_loop_that_is_free_passes(slice_of: SliceOf, name: str) -> None:
    """Awaiting, offloading, and many short portions in a row are no stalls."""
    async with LoopProbe().watch() as heartbeat:
        await getattr(slice_of(SLICE), name)()
    heartbeat.assert_free(wants=WANTS)
    assert heartbeat.turns > 0


async def test_a_stall_outside_the_slice_is_not_blamed_on_it() -> None:
    """What a test does itself is seen, and not held against the slice."""
    async with LoopProbe().watch() as heartbeat:
        time.sleep(0.15)  # noqa: ASYNC251 - the point of the test
    assert [stall.where for stall in heartbeat.stalls if stall.seconds > THRESHOLD] == [None]
    assert heartbeat.worst == 0.0
    heartbeat.assert_free(wants=WANTS)


async def test_the_watch_leaves_nothing_behind(slice_of: SliceOf) -> None:
    """Task, thread and the timing of callbacks are gone after the block, also when it fails."""
    service = slice_of(SLICE)
    before = asyncio.Handle._run

    async def fails_while_watched() -> None:
        async with LoopProbe().watch():
            await service.awaits()
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        await fails_while_watched()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert asyncio.Handle._run is before
    assert "docfliq-katas-watchdog" not in {thread.name for thread in threading.enumerate()}


async def test_a_system_without_a_run_queue_gets_the_same_verdict(
    slice_of: SliceOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not say how long a thread was ready and not served, the watchdog's count decides."""
    monkeypatch.setattr(watchdog, "_open_run_queue", lambda: None)
    service = slice_of(SLICE)
    assert "time.sleep(0.3)" in await verdict_on(service.sleeps)
    assert "re.match(" in await verdict_on(service.keeps_the_interpreter)
    async with LoopProbe().watch() as heartbeat:
        await service.computes_a_little()
    heartbeat.assert_free(wants=WANTS)


@pytest.mark.usefixtures("busy_machine")
async def test_the_verdict_is_the_same_on_a_busy_machine(slice_of: SliceOf) -> None:
    """Two computing processes beside it change no verdict."""
    service = slice_of(SLICE)
    for name, is_red in [("sleeps", True), ("hashes", True), ("awaits", False), ("serves_many", False)]:
        async with LoopProbe().watch() as heartbeat:
            await getattr(service, name)()
        assert (heartbeat.worst >= THRESHOLD) is is_red, (name, heartbeat.stalls)
