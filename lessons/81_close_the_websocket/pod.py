# noqa: INP001 - pytest imports lessons by path
"""A real server on the loop of the test: it knows its clients, and can be slow to tell the app."""

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from uuid import UUID

import httpx
import uvicorn
from docfliq_katas.probes.frames import Where, slice_frame, where_defined
from docfliq_katas.probes.verdict import refuse
from websockets.asyncio.client import ClientConnection, connect

FAULT = "no client is to blame for this"
GUARD = 5.0  # seconds; only against hanging
LOOKS = 100
PAUSE = 0.01  # seconds between two looks, to leave the loop to the app

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would load all certificates, 90 ms

Receive = Callable[[], Awaitable[Any]]


class Pod:
    """One process of the backend, served by uvicorn on the loop of the test."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._told = asyncio.Event()
        self._told.set()
        self._kept = 0
        self._unsendable = ""
        self._listening = socket.create_server(("127.0.0.1", 0))
        host, port = self._listening.getsockname()
        self._address = f"{host}:{port}"
        self._failed_at: Where | None = None
        self._scope: dict[str, Any] = {}
        self._clients: list[ClientConnection] = []
        self._http = httpx.AsyncClient(base_url=f"http://{host}:{port}", verify=_NO_TLS)
        config = uvicorn.Config(
            self._served, interface="asgi3", lifespan="on", log_config=None, ws="websockets-sansio"
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)

    async def __aenter__(self) -> Self:
        await self._server.startup(sockets=[self._listening])
        if not self._server.started:
            raise RuntimeError("the app did not start")
        return self

    async def __aexit__(self, *_: object) -> None:
        logging.disable()  # the test has its verdict; `log_probe` opens the log again
        await self._http.aclose()
        for client in self._clients:
            client.transport.abort()
        self._told.set()
        state = self._server.server_state
        for task in list(state.tasks):
            task.cancel()
        await asyncio.gather(*state.tasks, return_exceptions=True)
        if not self._server.lifespan.shutdown_event.is_set():
            for server in self._server.servers:
                server.close()
            await self._server.lifespan.shutdown()

    @property
    def held(self) -> int:
        """How many WebSockets the server holds."""
        kind = self._server.config.ws_protocol_class
        return sum(isinstance(one, kind) for one in self._server.server_state.connections)

    @property
    def look_at(self) -> str | None:
        """The place in the slice that met `failing`, or else that of the handler."""
        endpoint = self._scope.get("endpoint")
        where = self._failed_at or (where_defined(endpoint) if endpoint else None)
        return str(where) if where else None

    async def connect(self, user_id: UUID | None) -> ClientConnection:
        """Open a WebSocket for a doctor, as the app on her phone does."""
        client = await connect(
            f"ws://{self._address}/api/v1/notifications/ws",
            additional_headers={"X-User-Id": str(user_id)} if user_id else {},
            compression=None,
            ping_interval=None,
            proxy=None,
        )
        self._clients.append(client)
        return client

    async def knock(self, user_id: UUID) -> socket.socket:
        """Ask for a WebSocket and do not wait for the answer."""
        line = socket.create_connection(self._listening.getsockname())
        line.sendall(
            f"GET /api/v1/notifications/ws HTTP/1.1\r\nHost: {self._address}\r\n"
            f"X-User-Id: {user_id}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode()
        )
        await self.keeps(1)
        return line

    async def presence(self) -> dict[str, int]:
        """Return what the pod says about the doctors that it knows."""
        answer = await self._http.get("/api/v1/notifications/presence")
        presence: dict[str, int] = answer.raise_for_status().json()
        return presence

    async def until(self, look: Callable[[], bool]) -> bool:
        """Look again and again, for a second of rest, and return what was seen last."""
        for _ in range(LOOKS):
            if look():
                return True
            await asyncio.sleep(PAUSE)
        return look()

    async def holds(self, number: int) -> None:
        """Wait until the server has so many WebSockets, and no other."""
        await self.until(lambda: self.held == number)

    async def keeps(self, number: int) -> None:
        """Wait until so many messages of clients wait in front of the app."""
        await self.until(lambda: self._kept == number)

    async def rests(self) -> None:
        """Wait until no client is there and no handler runs any more.

        Raises:
            Verdict: a handler goes on.
        """
        __tracebackhide__ = True
        state = self._server.server_state
        if not await self.until(lambda: not self.held and not state.tasks):
            refuse(
                saw="every client is gone, and a handler runs on as if one were there",
                wants="a handler that ends with its client",
                look_at=self.look_at,
            )

    @contextmanager
    def late(self) -> Iterator[None]:
        """Tell the app only at the end of the block what clients say, as when it is busy."""
        self._told.clear()
        try:
            yield
        finally:
            self._told.set()

    @contextmanager
    def failing(self, text: str) -> Iterator[None]:
        """Let the sending of that text fail, for a reason of the server's own."""
        self._unsendable = text
        try:
            yield
        finally:
            self._unsendable = ""

    async def shut_down(self) -> None:
        """End the server as a deployment does.

        Raises:
            Verdict: it does not end.
        """
        __tracebackhide__ = True
        try:
            await asyncio.wait_for(self._server.shutdown(sockets=[self._listening]), GUARD)
        except TimeoutError:
            refuse(
                saw=f"the server has not ended after {GUARD:.0f} seconds: a handler runs on",
                wants="a handler that ends with its connection",
                look_at=self.look_at,
            )

    async def _served(self, scope: Any, receive: Receive, send: Any) -> None:
        async def late() -> Any:
            message = await receive()
            self._kept += 1
            try:
                await self._told.wait()
            finally:
                self._kept -= 1
            return message

        async def unreliable(message: Any) -> None:
            if self._unsendable and message.get("text") == self._unsendable:
                self._failed_at = slice_frame()
                raise RuntimeError(FAULT)
            await send(message)

        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        self._scope = scope
        await self._app(scope, late, unreliable)


def slam(line: ClientConnection | socket.socket) -> None:
    """End a connection with a TCP reset and without a goodbye."""
    client = None if isinstance(line, socket.socket) else line.transport
    raw = client.get_extra_info("socket") if client else line
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if client:
        client.abort()
    else:
        raw.close()
