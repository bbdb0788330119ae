from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header
from redis.asyncio import Redis

from src import stores


async def get_redis() -> Redis:
    return stores.redis


RedisClient = Annotated[Redis, Depends(get_redis)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
