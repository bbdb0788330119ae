from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from anyio import CapacityLimiter
from fastapi import FastAPI

from src.ecg.router import router as ecg_router
from src.health import router as health_router

COMPUTING = 2


class State(TypedDict):
    limiter: CapacityLimiter


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    yield {"limiter": CapacityLimiter(COMPUTING)}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    app.include_router(ecg_router, prefix="/api/v1")
    return app
