"""The same API in layers: a middleware for sessions, a class for the limit, a storage."""

import time
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from src.limits import Limiter
from src.refusals import Refusal, answer, answer_invalid
from src.routes import comments, discussions
from src.sessions import SessionMiddleware
from src.storage import Storage


def create_app(clock: Callable[[], float] = time.monotonic) -> FastAPI:
    app = FastAPI(exception_handlers={Refusal: answer, RequestValidationError: answer_invalid})
    app.state.storage = Storage()
    app.state.limiter = Limiter(clock, most=5, seconds=60)
    app.add_middleware(SessionMiddleware)
    app.include_router(discussions, prefix="/api/v1/posts/{post_id}/comments")
    app.include_router(comments, prefix="/api/v1/comments")
    return app
