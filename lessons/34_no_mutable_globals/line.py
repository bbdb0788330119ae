# noqa: INP001 - pytest imports lessons by path
"""Lines between the apps and their servers: they know who waits, and can hold a command back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import quote

from redis.asyncio.connection import parse_url
from sqlalchemy.engine import make_url

# What a client says when it connects; the commands of a request come after it.
_GREETING = {"HELLO", "AUTH", "CLIENT", "SELECT", "PING"}


class _Line:
    """A TCP line in front of a server, for all connections of all apps.

    Attributes:
        url: the address to give to the apps instead of the server's.

    """

    def __init__(self, url: str) -> None:
        self._server_url = url
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.StreamReader] = set()
        self.url = ""

    @property
    def under_way(self) -> int:
        """How many connections wait for a word of the server."""
        return len(self._waiting)

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = self._url(self._listener.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._listener.wait_closed()

    def _accept(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._waiting.add(app)
        self._tasks.add(asyncio.create_task(self._run(app, back)))

    async def _run(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        out = None
        try:
            server, out = await self._connect()
            self._waiting.discard(app)
            await self._carry(app, out, server, back)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one of the two sides has hung up
        finally:
            self._waiting.discard(app)
            for writer in (back, out):
                if writer is not None:
                    writer.close()

    def _url(self, port: int) -> str:
        raise NotImplementedError

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise NotImplementedError

    async def _carry(
        self,
        app: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        raise NotImplementedError


class PostgresLine(_Line):
    """The line to PostgreSQL: it carries bytes, whatever they say."""

    def _url(self, port: int) -> str:
        url = make_url(self._server_url).set(host="127.0.0.1", port=port, query={})
        return url.render_as_string(hide_password=False)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        url = make_url(self._server_url)
        host, port = str(url.query.get("host") or url.host), url.port or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _carry(
        self,
        app: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        async def answer() -> None:
            while data := await server.read(1 << 16):
                self._waiting.discard(app)
                back.write(data)
            back.close()

        answering = asyncio.create_task(answer())
        try:
            while data := await app.read(1 << 16):
                self._waiting.add(app)
                out.write(data)
        finally:
            answering.cancel()


class ValkeyLine(_Line):
    """The line to Valkey: on each connection it carries one command and one reply at a time.

    Attributes:
        carried: the names of the commands since the last `hold_back`, in order.
        held: the name of the command that is held back, or empty.

    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._number = 0
        self._go_on = asyncio.Event()
        self.carried: list[str] = []
        self.held = ""

    @contextmanager
    def hold_back(self, number: int) -> Iterator[None]:
        """Hold the command of that number back until the block ends; all others pass."""
        self.carried.clear()
        self._number = number
        self._go_on.clear()
        try:
            yield
        finally:
            self._number = 0
            self._go_on.set()

    def _url(self, port: int) -> str:
        target = parse_url(self._server_url)
        user, password = (quote(str(target.get(key, ""))) for key in ("username", "password"))
        login = f"{user}:{password}@" if password else ""
        return f"redis://{login}127.0.0.1:{port}/{target.get('db', 0)}"

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        target = parse_url(self._server_url)
        if "path" in target:
            return await asyncio.open_unix_connection(target["path"])
        host, port = target.get("host", "localhost"), target.get("port", 6379)
        return await asyncio.open_connection(host, port)

    async def _carry(
        self,
        app: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        while True:
            command = await _message(app)
            name = command.split(b"\r\n")[2].decode().upper()
            if name not in _GREETING:
                self.carried.append(name)
                if len(self.carried) == self._number:
                    self.held = name
                    await self._go_on.wait()
                    self.held = ""
            self._waiting.add(app)
            out.write(command)
            back.write(await _message(server))
            self._waiting.discard(app)


async def _message(reader: asyncio.StreamReader) -> bytes:
    """Read one value of the server's protocol: a command is an array, and so are many replies."""
    head = await reader.readuntil(b"\r\n")
    kind, size = head[:1], head[1:-2]
    if kind in b"$=!" and size != b"-1":
        return head + await reader.readexactly(int(size) + 2)
    if kind in b"*~>%" and size != b"-1":
        parts = int(size) * (2 if kind == b"%" else 1)
        return head + b"".join([await _message(reader) for _ in range(parts)])
    return head
