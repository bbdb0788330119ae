from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from src.certificates.router import router as certificates_router
from src.config import get_settings
from src.payments.router import router as payments_router


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    get_settings()
    yield


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(payments_router, prefix="/api/v1")
    app.include_router(certificates_router, prefix="/api/v1")
    return app
