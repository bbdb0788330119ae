from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.comments.router import router as comments_router
from src.config import Settings
from src.database import get_session
from src.dependencies import get_redis
from src.exceptions import DocfliqError, answer
from src.feed.router import router as feed_router

Provider = Callable[[], Any]


def provided(
    sessions: async_sessionmaker[AsyncSession], redis: Redis
) -> dict[Callable[..., Any], Provider]:
    async def session() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session
            await session.commit()

    async def client() -> Redis:
        return redis

    return {get_session: session, get_redis: client}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with Redis.from_url(settings.redis_url, decode_responses=True) as redis:
            sessions = async_sessionmaker(engine, expire_on_commit=False)
            before = app.dependency_overrides
            app.dependency_overrides = provided(sessions, redis) | before
            yield
            app.dependency_overrides = before
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(comments_router, prefix="/api/v1")
    app.include_router(feed_router, prefix="/api/v1")
    return app
