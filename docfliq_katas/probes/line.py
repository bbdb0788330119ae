"""A TCP line between an app and its server, in the test's hands: who waits at its other end is known."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Self, TypeAlias

End: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
"""What one side says, and what is said to it."""


class Line(ABC):
    """A TCP line in front of a server, on the loopback address; all connections that come to it lead to the server.

    Args:
        url: the server's address, as the app has it.

    Attributes:
        url: the address to give to the app instead.
        opened: how many connections have come to it so far, those that are closed again included.
    """

    def __init__(self, url: str) -> None:
        self.url = ""
        self.opened = 0
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

    def _accept(self, said: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.opened += 1
        self._waiting.add(said)
        self._tasks.add(asyncio.create_task(self._run((said, back))))

    async def _run(self, app: End) -> None:
        ends = [app]
        try:
            server = await self._connect()
            ends.append(server)
            self._waiting.discard(app[0])
            await self._carry(app, server)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one of the two sides has hung up
        finally:
            self._waiting.discard(app[0])
            for _, writer in ends:
                writer.close()

    @abstractmethod
    def _url(self, port: int) -> str:
        """Return the address of the line."""

    @abstractmethod
    async def _connect(self) -> End:
        """Return a connection to the server."""

    @abstractmethod
    async def _carry(self, app: End, server: End) -> None:
        """Carry what the app says to the server, and its replies back, until one of them hangs up."""
