from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from src.config import Settings
from src.exceptions import DocfliqError, answer
from src.register.router import router as register_router
from src.register.service import Register


class State(TypedDict):
    register: Register


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with aclosing(Register(Settings())) as register:
        yield {"register": register}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(register_router, prefix="/api/v1")
    return app
