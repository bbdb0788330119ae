from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from src import stores
from src.health.router import router as health_router


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    try:
        await stores.open_all()
        yield
    finally:
        await stores.close_all()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    return app
