from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from beanie import init_beanie
from fastapi import FastAPI
from pymongo import AsyncMongoClient

from src.case_notes.models import CaseNote
from src.case_notes.router import router as case_notes_router
from src.config import Settings
from src.profiles.models import PublicProfile
from src.profiles.router import router as profiles_router


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with AsyncMongoClient[dict[str, Any]](
        Settings().mongodb_url, tz_aware=True, uuidRepresentation="standard"
    ) as client:
        await init_beanie(
            database=client.get_default_database(),
            document_models=[CaseNote, PublicProfile],
        )
        yield


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(case_notes_router, prefix="/api/v1")
    app.include_router(profiles_router, prefix="/api/v1")
    return app
