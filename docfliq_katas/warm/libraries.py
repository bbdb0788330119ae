"""What a waiting process has ready: libraries, pytest's plugins, empty databases; and whether they still fit."""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import os
import pkgutil
import shutil
import sys
import sysconfig
import tempfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from docfliq_katas import child, probes
from docfliq_katas.errors import Misuse

TIDIED = "--tidied"
"""The option of pytest for runs after which somebody calls `make_databases`."""

_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = (
    "fastapi",
    "pydantic.v1",  # FastAPI asks for it at the first route with a parameter
    "pydantic_settings",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "asyncpg",
    "alembic.command",
    "redis.asyncio",
    "beanie",
    "httpx",
    "asgi_lifespan",
    "email_validator",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "websockets.asyncio.client",
    "taskiq_redis",
    "grimp",
    "psutil",
    "anyio._backends._asyncio",  # anyio asks for it in the first event loop
    "multiprocessing.connection",  # `--spread`
    "multiprocessing.popen_fork",
    "docfliq_katas.trace.record",  # the gate and `kata trace` record
)


def warm_up() -> None:
    """Import what lessons use, and let it do once what it does at first use; forked runs then start at once."""
    import pytest  # noqa: PLC0415 - who only asks for the fingerprint needs none of it

    ours = [f"{probes.__name__}.{module.name}" for module in pkgutil.iter_modules(probes.__path__)]
    for library in (*_LIBRARIES, "docfliq_katas.database", *ours):
        importlib.import_module(library)
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        lesson = Path(folder) / "00_first_use"
        lesson.mkdir()
        (lesson / "lesson.toml").touch()
        shutil.copy(Path(__file__).with_name("first_use.py"), lesson / "test_first_use.py")
        pytest.main([*child.arguments(lesson), "-p", "no:kata-recorder"])
    gc.collect()
    gc.freeze()  # a collection in a forked run leaves all this alone, and its pages stay shared


def make_databases() -> None:
    """Tidy up after a run and make databases for the next, in a process that nobody waits for."""
    pid = child.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        if os.fork() == 0:
            os.setsid()
            import asyncio  # noqa: PLC0415 - who only asks for the fingerprint needs neither

            from docfliq_katas.services import postgres  # noqa: PLC0415

            with suppress(Misuse):  # the next run meets the same trouble, and tells it
                asyncio.run(postgres.make_ready())
    finally:
        os._exit(0)


def fingerprint() -> str:
    """Return a mark that changes with the course's machinery, the Python and what is installed."""
    installed = Path(sysconfig.get_path("purelib"))
    facts = [sys.version, str(installed.stat().st_mtime_ns)]
    for path in sorted(_PACKAGE.rglob("*.py")):
        found = path.stat()
        facts.append(f"{path} {found.st_mtime_ns} {found.st_size}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
