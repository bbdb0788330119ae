import asyncio
import socket
import sys

import uvicorn

from src.config import Settings
from src.main import create_app


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stopping.set()
        await super().shutdown(sockets)


def main() -> None:
    settings = Settings()
    stopping = asyncio.Event()
    config = uvicorn.Config(
        create_app(stopping),
        host=settings.host,
        port=settings.port,
        timeout_graceful_shutdown=settings.grace_seconds,
    )
    server = Server(config, stopping)
    server.run()
    if not server.started:
        sys.exit(1)


if __name__ == "__main__":
    main()
