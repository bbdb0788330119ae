from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.audit.service import AuditTrail
from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.moderation.router import router as moderation_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    trails: dict[UUID, AuditTrail]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    engine = create_async_engine(Settings().database_url, pool_pre_ping=True)
    try:
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        yield {"sessions": sessions, "trails": defaultdict(AuditTrail)}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(moderation_router, prefix="/api/v1")
    return app
