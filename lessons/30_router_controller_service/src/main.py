from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from src.config import Settings
from src.courses.router import router as courses_router
from src.exceptions import DocfliqError
from src.payments.router import router as payments_router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(Settings().database_url, pool_pre_ping=True)
    try:
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        yield
    finally:
        await engine.dispose()


async def answer(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    return JSONResponse({"error": told}, status_code=error.status)


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan, exception_handlers={DocfliqError: answer})
    app.include_router(courses_router, prefix="/api/v1")
    app.include_router(payments_router, prefix="/api/v1")
    return app
