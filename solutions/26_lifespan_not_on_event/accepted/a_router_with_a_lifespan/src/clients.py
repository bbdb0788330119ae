from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypedDict

from fastapi import APIRouter
from pymongo import AsyncMongoClient
from redis.asyncio import Redis

from src.config import Settings
from src.health import service as health_service


class Clients(TypedDict):
    mongo: AsyncMongoClient[dict[str, Any]]
    redis: Redis


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[Clients]:
    settings = Settings()
    async with (
        AsyncMongoClient[dict[str, Any]](settings.mongodb_url) as mongo,
        Redis.from_url(settings.redis_url) as redis,
    ):
        await health_service.check_mongodb(mongo)
        await health_service.check_valkey(redis)
        yield {"mongo": mongo, "redis": redis}


router = APIRouter(lifespan=lifespan)
