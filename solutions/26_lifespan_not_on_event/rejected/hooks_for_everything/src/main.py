from typing import Any

from fastapi import FastAPI
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import create_async_engine

from src.config import Settings
from src.health import service as health_service
from src.health.router import router as health_router


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.include_router(health_router)

    @app.on_event("startup")
    async def open_stores() -> None:
        settings = Settings()
        app.state.engine = create_async_engine(settings.database_url, pool_pre_ping=True)
        await health_service.check_postgres(app.state.engine)
        app.state.mongo = AsyncMongoClient[dict[str, Any]](settings.mongodb_url)
        await health_service.check_mongodb(app.state.mongo)
        app.state.redis = Redis.from_url(settings.redis_url)
        await health_service.check_valkey(app.state.redis)

    @app.on_event("shutdown")
    async def close_stores() -> None:
        await app.state.redis.aclose()
        await app.state.mongo.close()
        await app.state.engine.dispose()

    return app
