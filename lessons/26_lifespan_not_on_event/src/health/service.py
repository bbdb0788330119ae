from typing import Any

from pymongo import AsyncMongoClient
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine


async def check_postgres(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def check_mongodb(mongo: AsyncMongoClient[dict[str, Any]]) -> None:
    await mongo.get_default_database().command("ping")


async def check_valkey(redis: Redis) -> None:
    await redis.ping()
