"""The instrument for real processes: signals, output, and nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import httpx
import psutil
import pytest

from docfliq_katas.probes import processes as module
from docfliq_katas.probes.processes import Processes
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Write = Callable[[str, str], None]

APP = """
    import os

    from fastapi import FastAPI


    def create_app():
        app = FastAPI()

        @app.get("/region")
        async def region():
            return os.environ["REGION"]

        return app
"""
SLEEPER = """
    import subprocess
    import sys
    import time

    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("child", child.pid)
    time.sleep(600)
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a module of the slice."""
    (tmp_path / "lesson.toml").touch()
    (tmp_path / "src").mkdir()

    def write(name: str, source: str) -> None:
        (tmp_path / "src" / name).write_text(textwrap.dedent(source).lstrip())

    return write


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Processes]:
    """Give the instrument, in the folder of a lesson."""
    with Processes(tmp_path) as running:
        yield running


async def test_a_server_answers_at_its_url_and_ends_on_sigterm(write: Write, running: Processes) -> None:
    """The slice is served on a free port of this machine, with the environment it was given, until SIGTERM."""
    write("main.py", APP)
    server = await running.uvicorn("src.main:create_app", "--factory", env={"REGION": "kochi"})
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/region")).json() == "kochi"
    server.terminate()
    assert await server.ended(wants="an end") in {0, -signal.SIGTERM}
    assert "shutdown complete" in await server.says("shutdown complete", wants="its last word")


async def test_a_start_that_fails_names_the_line_of_the_slice(write: Write, running: Processes) -> None:
    """A process that ends before it is ready is refused with what it printed and where it broke."""
    write("main.py", "def create_app():\n    raise RuntimeError('no region')\n")
    with pytest.raises(Verdict) as caught:
        await running.uvicorn("src.main:create_app", "--factory")
    assert "has ended (exit code 1)" in caught.value.saw
    assert "no region" in caught.value.saw
    assert caught.value.look_at == "src/main.py:2 (create_app)"


async def test_a_process_that_stays_is_refused(
    write: Write, running: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that neither ends nor speaks becomes a verdict, not a hang."""
    write("sleeper.py", SLEEPER)
    sleeper = await running.python("-m", "src.sleeper", ready="child")
    monkeypatch.setattr(module, "GUARD", 0.05)
    with pytest.raises(Verdict, match="still running"):
        await sleeper.ended(wants="an end")
    with pytest.raises(Verdict, match="has not said 'good-bye'"):
        await sleeper.says("good-bye", wants="a word")


async def test_a_line_is_found_after_the_end_too(write: Write, running: Processes) -> None:
    """What was printed before the end counts, and what was not is refused with the way it ended."""
    write("brief.py", "print('one')\nprint('two')\n")
    brief = await running.python("-m", "src.brief", ready="one")
    assert await brief.ended(wants="an end") == 0
    assert await brief.says("two", wants="both lines") == "two"
    assert brief.output == ["one", "two"]
    with pytest.raises(LookupError, match="no address"):
        _ = brief.url
    brief.terminate()
    with pytest.raises(Verdict, match="exit code 0"):
        await brief.says("three", wants="three lines")


async def test_the_end_of_the_test_ends_the_children_too(write: Write, tmp_path: Path) -> None:
    """When the fixture ends, the process, its children, its guard and its output are gone."""
    write("sleeper.py", SLEEPER)
    before = set(psutil.Process().children(recursive=True))
    with Processes(tmp_path) as running:
        sleeper = await running.python("-m", "src.sleeper", ready="child")
        child = int(sleeper.output[0].split()[1])
        assert psutil.pid_exists(child)
    assert _gone(child)
    assert set(psutil.Process().children(recursive=True)) == before


def test_the_death_of_the_test_ends_the_process(write: Write, tmp_path: Path) -> None:
    """A test process that is killed takes the processes of the slice with it."""
    write("sleeper.py", SLEEPER)
    script = textwrap.dedent(f"""
        import asyncio, os, pathlib, signal
        from docfliq_katas.probes.processes import Processes

        async def main():
            with Processes(pathlib.Path({str(tmp_path)!r})) as running:
                sleeper = await running.python("-m", "src.sleeper", ready="child")
                print(sleeper.pid, sleeper.output[0].split()[1], flush=True)
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL
    pid, child = done.stdout.split()
    assert _gone(int(pid))
    assert _gone(int(child))


def _gone(pid: int) -> bool:
    """Wait until a process is gone, or a zombie that its new parent has not buried yet."""
    try:
        process = psutil.Process(pid)
        if process.status() != psutil.STATUS_ZOMBIE:
            process.wait(10)
    except (psutil.NoSuchProcess, psutil.TimeoutExpired):
        pass
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
