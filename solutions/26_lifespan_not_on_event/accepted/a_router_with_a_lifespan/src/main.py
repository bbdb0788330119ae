from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from src.clients import router as clients_router
from src.config import Settings
from src.health import service as health_service
from src.health.router import router as health_router


class State(TypedDict):
    engine: AsyncEngine


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    engine = create_async_engine(Settings().database_url, pool_pre_ping=True)
    try:
        await health_service.check_postgres(engine)
        yield {"engine": engine}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(clients_router)
    app.include_router(health_router)
    return app
