from fastapi import FastAPI

from src.comments.router import router as comments_router
from src.exceptions import DocfliqError, answer
from src.feed.router import router as feed_router


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", exception_handlers={DocfliqError: answer})
    app.include_router(comments_router, prefix="/api/v1")
    app.include_router(feed_router, prefix="/api/v1")
    return app
