from functools import lru_cache
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header
from redis.asyncio import Redis

from src.config import Settings


@lru_cache
def make_redis(url: str) -> Redis:
    return Redis.from_url(url, decode_responses=True)


async def get_redis() -> Redis:
    return make_redis(Settings().redis_url)


RedisClient = Annotated[Redis, Depends(get_redis)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
