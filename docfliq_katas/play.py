"""`kata run`: a lesson's app on databases of its own, filled with example rows, until Ctrl-C."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import os
import signal
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from docfliq_katas import report, services
from docfliq_katas.cli import voice
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.errors import Misuse
from docfliq_katas.world import World

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from pymongo.asynchronous.database import AsyncDatabase

    from docfliq_katas.catalogue import Lesson

_HOST = "127.0.0.1"
_FACTORY = "create_app"
_STEP = 0.05  # seconds between two knocks at the app's door
_PATIENCE = 10.0  # seconds that the app has to end
_RED = 1


def run(lesson: Lesson, *, reload: bool, port: int) -> int:
    """Start the app and wait; return 0 after Ctrl-C and 1 when the app ends by itself.

    Args:
        lesson: The lesson.
        reload: Start the app again when a file of the slice changes.
        port: Where to listen on 127.0.0.1; 0 takes a free port.

    Raises:
        Misuse: the lesson has no app, the port is taken, or the example rows cannot be made.

    """
    _demand_app(lesson)
    port = _open_port(port)
    try:
        return asyncio.run(_play(lesson, port, reload=reload))
    except (KeyboardInterrupt, asyncio.CancelledError):
        voice.say("Stopped.")
        return 0


async def _play(lesson: Lesson, port: int, *, reload: bool) -> int:
    _end_on_signals()
    async with AsyncExitStack() as stack:
        objects: dict[str, object] = {
            name: await stack.enter_async_context(_STORES[name]()) for name in lesson.services
        }
        await _seed(lesson, objects)
        process = await _start(lesson, port, reload=reload)
        try:
            if await _reachable(process, port):
                voice.say(
                    f"Lesson {lesson.number} {lesson.title} answers at http://{_HOST}:{port}/docs (Ctrl-C ends it)"
                )
            code = await process.wait()
        finally:
            await _end(process)
    voice.say(f"The app ended by itself, with exit code {code}.")
    return _RED


def _end_on_signals() -> None:
    """Let a closed terminal end the app as Ctrl-C does."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _demand_app(lesson: Lesson) -> None:
    path = lesson.folder / "src" / "main.py"
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except FileNotFoundError:
        body = []
    except SyntaxError as error:
        raise Misuse(f"src/main.py:{error.lineno}: SyntaxError: {error.msg}: repair it, then run again") from None
    if not any(isinstance(node, ast.FunctionDef) and node.name == _FACTORY for node in body):
        raise Misuse(
            f"lesson {lesson.number} has no app to start (no {_FACTORY} in src/main.py):"
            f" run its tests with `pytest lessons/{lesson.number}`"
        )


def _open_port(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise Misuse(
                f"port {port} cannot be used ({error.strerror}): leave out --port to take a free one"
            ) from None
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _postgres() -> AsyncIterator[PostgresDatabase]:
    async with services.postgres.fresh_database() as url:
        os.environ["DATABASE_URL"] = url
        async with PostgresDatabase(url) as database:
            yield database


@asynccontextmanager
async def _mongodb() -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    async with services.mongodb.fresh_database() as url:
        os.environ["MONGODB_URL"] = url
        async with AsyncMongoClient[dict[str, Any]](url, tz_aware=True) as client:
            yield client.get_default_database()


@asynccontextmanager
async def _valkey() -> AsyncIterator[Redis]:
    async with services.valkey.fresh_database() as url:
        os.environ["REDIS_URL"] = url
        async with Redis.from_url(url, decode_responses=True) as client:
            yield client


_STORES: dict[str, Callable[[], AbstractAsyncContextManager[object]]] = {
    "postgres": _postgres,
    "mongodb": _mongodb,
    "valkey": _valkey,
}


async def _seed(lesson: Lesson, objects: dict[str, object]) -> None:
    """Let the lesson's seed.py make its example rows, where it has any."""
    if not (lesson.folder / "seed.py").is_file():
        return
    sys.dont_write_bytecode = True
    world = World(lesson.folder)
    world.enter()
    try:
        importlib.import_module("src.main")  # all models must be known before tables are made from them
        seed = getattr(importlib.import_module("seed"), "seed", None)
        if seed is not None:
            wanted = inspect.signature(seed).parameters
            await seed(**{name: database for name, database in objects.items() if name in wanted})
    except Misuse:
        raise
    except Exception as error:
        raise Misuse(f"no example rows: {report.import_problem(error, lesson.folder)}") from error
    finally:
        world.leave()


async def _start(lesson: Lesson, port: int, *, reload: bool) -> Process:
    options = ["--host", _HOST, "--port", str(port), "--timeout-graceful-shutdown", "3"]
    options += ["--reload", "--reload-dir", "src"] if reload else []
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", f"src.main:{_FACTORY}", "--factory", *options),
        cwd=lesson.folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end the app, in this order
    )


async def _reachable(process: Process, port: int) -> bool:
    """Wait until somebody answers at the port; return False when the app ends before that."""
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection(_HOST, port)
        except OSError:
            await asyncio.sleep(_STEP)
        else:
            writer.close()
            return True
    return False


async def _end(process: Process) -> None:
    """Ask the app to end, and end it and what it started where it does not."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
