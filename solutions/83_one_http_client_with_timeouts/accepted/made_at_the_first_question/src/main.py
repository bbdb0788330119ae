from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.register.router import router as register_router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.settings = Settings()
    app.state.register = None
    try:
        yield
    finally:
        if app.state.register:
            await app.state.register.aclose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(register_router, prefix="/api/v1")
    return app
