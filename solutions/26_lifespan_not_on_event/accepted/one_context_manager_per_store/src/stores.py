from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from src.health import service as health_service


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(url, pool_pre_ping=True)
    try:
        await health_service.check_postgres(engine)
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_mongodb(url: str) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    async with AsyncMongoClient[dict[str, Any]](url) as mongo:
        await health_service.check_mongodb(mongo)
        yield mongo


@asynccontextmanager
async def open_valkey(url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(url) as redis:
        await health_service.check_valkey(redis)
        yield redis
