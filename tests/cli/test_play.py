from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest
from redis import Redis

from docfliq_katas import services
from tests.fake_course import SUM

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Kata

pytestmark = pytest.mark.timeout(120)  # programs of their own, on a machine that may be busy

_APP = """\
import os

from fastapi import FastAPI
from redis.asyncio import Redis


def create_app() -> FastAPI:
    app = FastAPI()

    @app.get("/greeting")
    async def greeting() -> dict[str, str]:
        async with Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as valkey:
            return {"said": await valkey.get("greeting"), "url": os.environ["REDIS_URL"]}

    return app
"""
_SEED = """\
from redis.asyncio import Redis

from src.words import GREETING


async def seed(valkey: Redis) -> None:
    await valkey.set("greeting", GREETING)
"""


@pytest.fixture
def app(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Add a lesson with an app on Valkey; its server is stopped when the test ends."""
    monkeypatch.delenv("KATA_REDIS_URL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder = course / "lessons" / "03_greeting"
    shutil.copytree(course / "lessons" / SUM, folder)
    toml = (folder / "lesson.toml").read_text()
    (folder / "lesson.toml").write_text(toml.replace("sum_of_fees", "greeting").replace("[]", '["valkey"]', 1))
    (folder / "src/main.py").write_text(_APP)
    (folder / "src/words.py").write_text('GREETING = "hello"\n')
    (folder / "seed.py").write_text(_SEED)
    yield folder
    services.down()


def test_an_app_runs_on_example_rows_until_ctrl_c(
    app: Path, start: Callable[..., subprocess.Popen[str]], kata: Kata
) -> None:
    """The address of /docs is told once somebody answers there; Ctrl-C ends app and process, and drops the rows."""
    process = start("run", "03")
    assert process.stdout is not None
    (address,) = re.findall(r"http://127\.0\.0\.1:\d+", _line_with(process, "answers at"))
    with urllib.request.urlopen(f"{address}/greeting", timeout=20) as answer:
        said = json.load(answer)
    assert said["said"] == "hello"
    with urllib.request.urlopen(f"{address}/docs", timeout=20) as answer:
        assert answer.status == 200
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.splitlines()[-1] == "Stopped."
    assert "Traceback" not in err
    assert children
    assert psutil.wait_procs(children, timeout=30)[1] == []
    assert not any(path.name == "__pycache__" for path in app.rglob("*"))
    with Redis.from_url(said["url"]) as left:
        assert left.dbsize() == 0

    assert re.search(r"^Valkey: up, version 9\S*, process \d+", kata("services").stdout, re.MULTILINE)
    assert kata("services", "down").stdout == "Stopped: Valkey.\n"
    assert "Valkey: down, starts on first need" in kata("services", "status").stdout
    assert kata("services", "down").stdout == "No server of the course was up.\n"


def test_an_app_that_ends_by_itself_is_red(app: Path, program: Kata) -> None:
    """An app that does not start is the slice's fault: its own words, and 1."""
    toml = (app / "lesson.toml").read_text()
    (app / "lesson.toml").write_text(toml.replace('["valkey"]', "[]"))
    (app / "seed.py").unlink()
    (app / "src/main.py").write_text("def create_app() -> None:\n    raise RuntimeError('no settings')\n")
    done = program("run", "03")
    assert done.returncode == 1
    assert "no settings" in done.stderr
    assert done.stdout.splitlines()[-1] == "The app ended by itself, with exit code 1."


def test_example_rows_that_cannot_be_made_are_one_line(app: Path, program: Kata) -> None:
    """A slice that cannot be imported is named by its line before anything starts."""
    (app / "src/words.py").write_text("GREETING = nobody\n")
    done = program("run", "03")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kata: no example rows: src/words.py:1 ")
    assert "NameError: name 'nobody' is not defined" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_lesson_without_an_app_says_so(program: Kata) -> None:
    """A lesson of plain functions has nothing to start: one line and 2."""
    done = program("run", "01")
    assert done.returncode == 2
    assert done.stderr.startswith("kata: lesson 01 has no app to start")
    assert len(done.stderr.splitlines()) == 1


def test_an_app_with_a_syntax_error_says_where(app: Path, program: Kata) -> None:
    """src/main.py that cannot be read is named with its line."""
    (app / "src/main.py").write_text("def create_app(:\n")
    done = program("run", "03")
    assert done.returncode == 2
    assert "src/main.py:1: SyntaxError" in done.stderr


def test_a_port_that_is_taken_says_so(app: Path, program: Kata) -> None:
    """A port of somebody else is told before anything starts."""
    assert app.is_dir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = program("run", "03", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} cannot be used" in done.stderr


def _line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(process.communicate())
