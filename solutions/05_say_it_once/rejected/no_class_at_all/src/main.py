from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from src.courses import catalogue
from src.courses.router import router as courses_router
from src.courses.schemas import Course
from src.payments.router import router as payments_router
from src.quotes.router import router as quotes_router


def create_app(courses: Iterable[Course] = catalogue.COURSES) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        catalogue.fill(courses)
        yield

    app = FastAPI(title="Docfliq", lifespan=lifespan)
    for router in (courses_router, quotes_router, payments_router):
        app.include_router(router, prefix="/api/v1")
    return app
