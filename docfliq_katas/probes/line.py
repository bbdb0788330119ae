"""A TCP line between an app and its server, in the test's hands: who waits at its other end is known."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Self


class Line(ABC):
    """A TCP line in front of a server, on the loopback address; all connections that come to it lead to the server.

    Args:
        url: the server's address, as the app has it.

    Attributes:
        url: the address to give to the app instead.
    """

    def __init__(self, url: str) -> None:
        self.url = ""
        self._server_url = url
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.StreamReader] = set()

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

    @property
    def under_way(self) -> int:
        """How many connections wait for a word of the server."""
        return len(self._waiting)

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

    @abstractmethod
    def _url(self, port: int) -> str:
        """Return the address of the line."""

    @abstractmethod
    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection to the server."""

    @abstractmethod
    async def _carry(
        self,
        app: asyncio.StreamReader,
        out: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        """Carry what the app says to the server, and its replies back, until one of them hangs up."""
