from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis

from src.config import Settings
from src.notifications.gateway import PushGateway
from src.notifications.pushes import Pushes
from src.notifications.router import router as notifications_router


class State(TypedDict):
    pushes: Pushes


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    gateway = PushGateway(settings.push_host, settings.push_port)
    async with Redis.from_url(settings.redis_url, decode_responses=True) as redis:
        pushes = Pushes(redis, gateway)
        yield {"pushes": pushes}
        await pushes.finish()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(notifications_router, prefix="/api/v1")
    return app
