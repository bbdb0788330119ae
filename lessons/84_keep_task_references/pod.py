# noqa: INP001 - pytest imports lessons by path
"""A real server on the loop of the test; it ends as uvicorn does: requests, then lifespan."""

import asyncio
import gc
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Self

import httpx
import uvicorn

LOOKS = 200
PAUSE = 0.005  # seconds between two looks, to leave the loop to the app
GUARD = 10.0  # seconds; only against hanging

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would load all certificates, 90 ms


class Pod:
    """One process of the backend, served by uvicorn on the loop of the test.

    Attributes:
        client: asks it.
        ended: whether it was told to end.

    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        host, port = self._socket.getsockname()
        self.client = httpx.AsyncClient(base_url=f"http://{host}:{port}", verify=_NO_TLS)
        config = uvicorn.Config(app, lifespan="on", log_config=None, ws="none")
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        self.ended = False
        self._before: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        self._before = asyncio.all_tasks()
        await self._server.startup(sockets=[self._socket])
        if not self._server.started:
            raise RuntimeError("the app did not start")
        return self

    async def __aexit__(self, *_: object) -> None:
        logging.disable()  # the test has its verdict; `log_probe` opens the log again
        if not self.ended:
            for task in list(self._server.server_state.tasks):
                task.cancel()
            await self.end()
        await self._end_strays()
        vars(self).clear()  # the test still holds this object, and with it the app
        gc.collect()

    async def end(self) -> None:
        """End as uvicorn does: requests with their background tasks first, then lifespan."""
        self.ended = True
        await self.client.aclose()
        for server in self._server.servers:
            server.close()
        await asyncio.gather(*self._server.server_state.tasks, return_exceptions=True)
        await asyncio.wait_for(self._server.lifespan.shutdown(), GUARD)

    async def _end_strays(self) -> None:
        strays = asyncio.all_tasks() - self._before - {asyncio.current_task()}
        for task in strays:
            task.cancel()
        await asyncio.gather(*strays, return_exceptions=True)
        await settled()


async def until(look: Callable[[], bool], *, looks: int = LOOKS) -> bool:
    """Look until something is so, or should have been long ago; say whether it is."""
    for _ in range(looks):
        if look():
            return True
        await asyncio.sleep(PAUSE)
    return look()


async def settled() -> None:
    """Let the loop go round until what is ready has run."""
    for _ in range(20):
        await asyncio.sleep(0)
