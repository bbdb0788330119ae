"""Tiny lessons, written to disk, whose slices the instruments watch."""

from __future__ import annotations

import importlib.util
import itertools
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from pymongo.asynchronous.database import AsyncDatabase
    from redis.asyncio import Redis

_numbers = itertools.count()


@pytest.fixture
def slice_of(tmp_path: Path) -> Iterator[Callable[..., ModuleType]]:
    """Write a source as `src/<file>` of a lesson folder, and import it; it is forgotten at the end."""
    made: list[str] = []

    def write(source: str, file: str = "posts/service.py") -> ModuleType:
        (tmp_path / "lesson.toml").touch()
        path = tmp_path / "src" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip())
        name = f"slice_under_test_{next(_numbers)}"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        made.append(name)
        spec.loader.exec_module(module)
        return module

    yield write
    for name in made:
        del sys.modules[name]


@pytest.fixture
async def postgres_url() -> AsyncIterator[str]:
    """An empty PostgreSQL database of the test's own."""
    from docfliq_katas.services import postgres

    async with postgres.fresh_database() as url:
        yield url


@pytest.fixture
async def valkey_client() -> AsyncIterator[Redis]:
    """A client of an empty Valkey database of the test's own."""
    from redis.asyncio import Redis

    from docfliq_katas.services import valkey

    async with valkey.fresh_database() as url, Redis.from_url(url, client_name="kata-test") as client:
        yield client


@pytest.fixture
async def mongodb_url() -> AsyncIterator[str]:
    """An empty MongoDB database of the test's own."""
    from docfliq_katas.services import mongodb

    async with mongodb.fresh_database() as url:
        yield url


@pytest.fixture
async def mongo_database(mongodb_url: str) -> AsyncIterator[AsyncDatabase[dict[str, Any]]]:
    """That database, through a client that says it is the test's."""
    from pymongo import AsyncMongoClient

    async with AsyncMongoClient[dict[str, Any]](mongodb_url, appname="kata test") as client:
        yield client.get_default_database()
