from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from fastapi import FastAPI
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from src.config import Settings
from src.health.router import router as health_router
from src.stores import open_mongodb, open_postgres, open_valkey


class State(TypedDict):
    engine: AsyncEngine
    mongo: AsyncMongoClient[dict[str, Any]]
    redis: Redis


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    async with (
        open_postgres(settings.database_url) as engine,
        open_mongodb(settings.mongodb_url) as mongo,
        open_valkey(settings.redis_url) as redis,
    ):
        yield {"engine": engine, "mongo": mongo, "redis": redis}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    return app
