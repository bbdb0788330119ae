import time
from collections.abc import Callable

from fastapi import FastAPI

from src.comments.router import router as comments_router
from src.comments.service import CommentService
from src.errors import add_error_handlers


def create_app(clock: Callable[[], float] = time.monotonic) -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.state.comments = CommentService(clock)
    add_error_handlers(app)
    app.include_router(comments_router, prefix="/api/v1")
    return app
