from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from src.config import Settings
from src.health import router as health_router
from src.invitations.router import router as invitations_router
from src.mail.mailer import Mailer


class State(TypedDict):
    mailer: Mailer


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    with ThreadPoolExecutor(settings.mail_sessions) as threads:
        yield {"mailer": Mailer(settings, threads)}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    app.include_router(invitations_router, prefix="/api/v1")
    return app
