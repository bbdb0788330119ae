# noqa: INP001 - pytest imports lessons by path
"""A line to Valkey that a test can cut, or interrupt, between two commands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import quote

from redis.asyncio.connection import parse_url

# What a client says when it connects; the commands of a request come after it.
_GREETING = {"HELLO", "AUTH", "CLIENT", "SELECT", "PING"}


class Line:
    """A TCP line in front of the server; it carries one command and one reply at a time.

    Attributes:
        url: the address to give to the app instead of the server's.
        carried: the names of the commands that the server has carried out in the last block.

    """

    def __init__(self, url: str) -> None:
        self._target = parse_url(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._cut_after = 0
        self._before = 0
        self._action: Callable[[], Awaitable[object]] | None = None
        self._down = False
        self.url = ""
        self.carried: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        user, password = (quote(str(self._target.get(key, ""))) for key in ("username", "password"))
        login = f"{user}:{password}@" if password else ""
        self.url = f"redis://{login}127.0.0.1:{port}/{self._target.get('db', 0)}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @contextmanager
    def cut_after(self, number: int) -> Iterator[None]:
        """Within the block, lose the reply to the command of that number, and all that follows."""
        self.carried.clear()
        self._cut_after = number
        try:
            yield
        finally:
            self._cut_after, self._down = 0, False

    @contextmanager
    def before(self, number: int, action: Callable[[], Awaitable[object]]) -> Iterator[None]:
        """Within the block, hold the command of that number back until `action` is done."""
        self.carried.clear()
        self._before, self._action = number, action
        try:
            yield
        finally:
            self._before, self._action = 0, None

    def _accept(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self._carry(app, back)))

    async def _carry(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, out = await self._connect()
        try:
            while not self._down:
                command = await _message(app)
                name = command.split(b"\r\n")[2].decode().upper()
                asked = name not in _GREETING
                if asked and self._action and self._before == len(self.carried) + 1:
                    await self._action()
                if self._down:
                    break
                out.write(command)
                reply = await _message(server)
                if asked:
                    self.carried.append(name)
                    self._down = self._cut_after == len(self.carried)
                if not self._down:
                    back.write(reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one of the two sides has hung up
        finally:
            for writer in (back, out):
                writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "path" in self._target:
            return await asyncio.open_unix_connection(self._target["path"])
        host, port = self._target.get("host", "localhost"), self._target.get("port", 6379)
        return await asyncio.open_connection(host, port)


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
