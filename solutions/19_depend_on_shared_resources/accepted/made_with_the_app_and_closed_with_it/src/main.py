from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from src.comments.router import router as comments_router
from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.feed.router import router as feed_router
from src.stores import Stores


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await app.state.stores.aclose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.state.stores = Stores(Settings())
    app.include_router(comments_router, prefix="/api/v1")
    app.include_router(feed_router, prefix="/api/v1")
    return app
