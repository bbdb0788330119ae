from collections.abc import AsyncIterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context
from typing import TypedDict

from fastapi import FastAPI

from src.ecg.router import router as ecg_router
from src.health import router as health_router

COMPUTING = 2


class State(TypedDict):
    processes: Executor


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    # A fork of this process, which has threads, may inherit a lock that nobody will release.
    with ProcessPoolExecutor(COMPUTING, mp_context=get_context("forkserver")) as processes:
        yield {"processes": processes}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    app.include_router(ecg_router, prefix="/api/v1")
    return app
