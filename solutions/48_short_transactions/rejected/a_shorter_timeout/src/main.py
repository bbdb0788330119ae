from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.payments.router import router as payments_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    razorpay: AsyncClient


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with AsyncClient(base_url=settings.razorpay_url, timeout=2) as razorpay:
            yield {
                "sessions": async_sessionmaker(engine, expire_on_commit=False),
                "razorpay": razorpay,
            }
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(payments_router, prefix="/api/v1")
    return app
