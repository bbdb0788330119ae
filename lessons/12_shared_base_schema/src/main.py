from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.exceptions import refuse_invalid_request
from src.posts.router import router as posts_router
from src.users.router import router as users_router


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
    app = FastAPI(
        title="Docfliq",
        lifespan=lifespan,
        exception_handlers={RequestValidationError: refuse_invalid_request},
    )
    app.include_router(users_router, prefix="/api/v1")
    app.include_router(posts_router, prefix="/api/v1")
    return app
