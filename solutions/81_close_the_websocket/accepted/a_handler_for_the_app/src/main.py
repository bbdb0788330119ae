import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, WebSocket
from redis.asyncio import Redis

from src.config import Settings
from src.notifications.hub import CLIENT_IS_GONE, Hub
from src.notifications.router import router as notifications_router

logger = logging.getLogger(__name__)


class State(TypedDict):
    redis: Redis
    hub: Hub


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with (
        Redis.from_url(Settings().redis_url, decode_responses=True) as redis,
        redis.pubsub() as pubsub,
    ):
        await pubsub.ping()  # no start without Valkey, and no doctor waits for the connection
        hub = Hub(pubsub)
        pushing = asyncio.create_task(hub.run())
        try:
            yield {"redis": redis, "hub": hub}
        finally:
            pushing.cancel()
            await asyncio.wait([pushing])


async def client_is_gone(_websocket: WebSocket, gone: Exception) -> None:
    logger.debug("a client is gone: %r", gone)


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    for kind in CLIENT_IS_GONE:
        app.add_exception_handler(kind, client_is_gone)
    app.include_router(notifications_router, prefix="/api/v1")
    return app
