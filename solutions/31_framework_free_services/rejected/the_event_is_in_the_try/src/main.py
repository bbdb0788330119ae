from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from src.config import Settings
from src.database import open_sessions
from src.exceptions import DocfliqError
from src.follows.router import router as follows_router


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with open_sessions(Settings().database_url) as sessions:
        yield {"sessions": sessions}


async def answer(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    return JSONResponse({"error": told}, error.status, headers)


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(follows_router, prefix="/api/v1")
    return app
