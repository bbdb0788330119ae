from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from beanie import init_beanie
from fastapi import FastAPI
from pymongo import ASCENDING, DESCENDING, AsyncMongoClient

from src.config import Settings
from src.notifications.models import Notification
from src.notifications.router import router as notifications_router


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with AsyncMongoClient[dict[str, Any]](
        Settings().mongodb_url, tz_aware=True, uuidRepresentation="standard"
    ) as client:
        await init_beanie(
            database=client.get_default_database(),
            document_models=[Notification],
        )
        await Notification.get_pymongo_collection().create_index(
            [("recipient_id", ASCENDING), ("is_read", ASCENDING), ("created_at", DESCENDING)]
        )
        yield


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(notifications_router, prefix="/api/v1")
    return app
