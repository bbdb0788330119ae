from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis

from src.background import Background
from src.channels.router import router as channels_router
from src.config import Settings
from src.notifications.router import router as notifications_router


class State(TypedDict):
    settings: Settings
    redis: Redis
    background: Background
    is_stopping: Callable[[], bool]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    background = Background()
    async with Redis.from_url(settings.redis_url, decode_responses=True) as redis:
        yield {
            "settings": settings,
            "redis": redis,
            "background": background,
            "is_stopping": app.state.is_stopping,
        }
        await background.finish(settings.grace_seconds)


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.state.is_stopping = lambda: False
    app.include_router(channels_router, prefix="/api/v1")
    app.include_router(notifications_router, prefix="/api/v1")
    return app
