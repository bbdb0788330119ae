# noqa: INP001 - pytest imports lessons by path
"""A door in front of Valkey, behind which a test can hold what an announcement tells."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import quote

from redis.asyncio.connection import parse_url

_INBOX = b"inbox:"  # what is told goes to a key with this name; all else passes


class Door:
    """Carries bytes between the app and the server.

    Attributes:
        url: the address to give to the app instead of the server's.

    """

    def __init__(self, url: str, *held: str) -> None:
        self._target = parse_url(url)
        self._opened = {text: asyncio.Event() for text in held}
        self._came = {text: asyncio.Event() for text in held}
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

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

    async def came(self, text: str) -> None:
        """Wait until somebody is about to be told this."""
        await self._came[text].wait()

    def open(self, text: str) -> None:
        """Let everybody be told this."""
        self._opened[text].set()

    def _accept(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self._carry(app, back)))

    async def _carry(self, app: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, out = await self._connect()
        replies = asyncio.create_task(self._pass_on(server, back))
        try:
            await self._pass_on(app, out)
        finally:
            replies.cancel()
            for writer in (back, out):
                writer.close()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # one of the two sides has hung up
            while data := await source.read(65536):
                for text, opened in self._opened.items():
                    if _INBOX in data and text.encode() in data:
                        self._came[text].set()
                        await opened.wait()
                target.write(data)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "path" in self._target:
            return await asyncio.open_unix_connection(self._target["path"])
        host, port = self._target.get("host", "localhost"), self._target.get("port", 6379)
        return await asyncio.open_connection(host, port)
