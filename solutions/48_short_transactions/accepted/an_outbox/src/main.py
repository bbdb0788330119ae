import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypedDict

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.payments.outbox import send_refunds
from src.payments.router import router as payments_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]
    razorpay: AsyncClient
    wake: asyncio.Event


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    engine = create_async_engine(settings.database_url, pool_pre_ping=True)
    try:
        async with AsyncClient(base_url=settings.razorpay_url, timeout=20) as razorpay:
            sessions = async_sessionmaker(engine, expire_on_commit=False)
            wake = asyncio.Event()
            worker = asyncio.create_task(send_refunds(sessions, razorpay, wake))
            try:
                yield {"sessions": sessions, "razorpay": razorpay, "wake": wake}
            finally:
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(payments_router, prefix="/api/v1")
    return app
