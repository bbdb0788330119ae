from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from src.comments.router import router as comments_router
from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.feed.router import router as feed_router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = Settings()
    app.state.sessions = app.state.redis = None
    async with AsyncExitStack() as app.state.opened:
        yield


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(comments_router, prefix="/api/v1")
    app.include_router(feed_router, prefix="/api/v1")
    return app
