import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis

from src.config import Settings
from src.notifications.hub import Hub
from src.notifications.router import router as notifications_router


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


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(notifications_router, prefix="/api/v1")
    return app
