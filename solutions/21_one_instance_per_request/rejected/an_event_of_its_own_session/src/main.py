from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.moderation.router import router as moderation_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    engine = create_async_engine(Settings().database_url, pool_pre_ping=True)
    try:
        yield {"sessions": async_sessionmaker(engine, expire_on_commit=False)}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(moderation_router, prefix="/api/v1")
    return app
