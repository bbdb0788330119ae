from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from src.courses.catalogue import COURSES, Catalogue
from src.courses.router import router as courses_router
from src.courses.schemas import Course
from src.payments.router import router as payments_router
from src.quotes.router import router as quotes_router


class State(TypedDict):
    catalogue: Catalogue


def create_app(courses: Iterable[Course] = COURSES) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        yield {"catalogue": Catalogue(courses)}

    app = FastAPI(title="Docfliq", lifespan=lifespan)
    for router in (courses_router, quotes_router, payments_router):
        app.include_router(router, prefix="/api/v1")
    return app
