from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypedDict

from fastapi import FastAPI
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from src.config import Settings
from src.health import service as health_service
from src.health.router import router as health_router


class State(TypedDict):
    engine: AsyncEngine
    mongo: AsyncMongoClient[dict[str, Any]]
    redis: Redis


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    async with AsyncExitStack() as stack:
        engine = create_async_engine(settings.database_url, pool_pre_ping=True)
        stack.push_async_callback(engine.dispose)
        await health_service.check_postgres(engine)
        mongo = await stack.enter_async_context(
            AsyncMongoClient[dict[str, Any]](settings.mongodb_url)
        )
        await health_service.check_mongodb(mongo)
        redis = await stack.enter_async_context(Redis.from_url(settings.redis_url))
        await health_service.check_valkey(redis)
        yield {"engine": engine, "mongo": mongo, "redis": redis}
        redis.aclose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    return app
