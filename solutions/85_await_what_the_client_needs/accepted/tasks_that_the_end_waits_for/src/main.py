import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.posts.router import router as posts_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    redis: Redis
    later: asyncio.TaskGroup


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with (
            Redis.from_url(settings.redis_url, decode_responses=True) as redis,
            asyncio.TaskGroup() as later,
        ):
            sessions = async_sessionmaker(engine, expire_on_commit=False)
            yield {"sessions": sessions, "redis": redis, "later": later}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(posts_router, prefix="/api/v1")
    return app
