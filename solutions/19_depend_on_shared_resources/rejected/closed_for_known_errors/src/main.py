from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.comments.router import router as comments_router
from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.feed.router import router as feed_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    redis: Redis


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with Redis.from_url(settings.redis_url, decode_responses=True) as redis:
            yield {"sessions": async_sessionmaker(engine, expire_on_commit=False), "redis": redis}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(comments_router, prefix="/api/v1")
    app.include_router(feed_router, prefix="/api/v1")
    return app
