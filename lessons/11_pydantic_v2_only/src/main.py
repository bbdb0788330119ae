from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.courses.router import router as courses_router
from src.exceptions import refuse_invalid_request


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    redis: Redis


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with Redis.from_url(settings.redis_url, decode_responses=True) as redis:
            sessions = async_sessionmaker(engine, expire_on_commit=False)
            yield {"sessions": sessions, "redis": redis}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(
        title="Docfliq",
        lifespan=lifespan,
        exception_handlers={RequestValidationError: refuse_invalid_request},
    )
    app.include_router(courses_router, prefix="/api/v1")
    return app
