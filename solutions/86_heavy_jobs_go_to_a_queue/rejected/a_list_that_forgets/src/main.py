from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from taskiq import AsyncBroker

from src.database import open_sessions
from src.media.router import router as media_router
from src.worker import create_broker


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    broker: AsyncBroker


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with open_sessions() as sessions:
        broker = create_broker()
        try:
            await broker.startup()
            yield {"sessions": sessions, "broker": broker}
        finally:
            await broker.shutdown()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(media_router, prefix="/api/v1")
    return app
