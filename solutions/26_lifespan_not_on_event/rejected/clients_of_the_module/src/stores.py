from typing import Any

from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from src.config import Settings
from src.health import service as health_service

_opened: dict[str, Any] = {}


async def open_all() -> None:
    settings = Settings()
    _opened["engine"] = create_async_engine(settings.database_url, pool_pre_ping=True)
    _opened["mongo"] = AsyncMongoClient[dict[str, Any]](settings.mongodb_url)
    _opened["redis"] = Redis.from_url(settings.redis_url)
    await check_all()


async def check_all() -> None:
    await health_service.check_postgres(engine())
    await health_service.check_mongodb(mongo())
    await health_service.check_valkey(redis())


async def close_all() -> None:
    await redis().aclose()
    await mongo().close()
    await engine().dispose()


def engine() -> AsyncEngine:
    found: AsyncEngine = _opened["engine"]
    return found


def mongo() -> AsyncMongoClient[dict[str, Any]]:
    found: AsyncMongoClient[dict[str, Any]] = _opened["mongo"]
    return found


def redis() -> Redis:
    found: Redis = _opened["redis"]
    return found
