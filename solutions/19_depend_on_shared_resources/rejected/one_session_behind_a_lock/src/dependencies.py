from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from redis.asyncio import Redis


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


RedisClient = Annotated[Redis, Depends(get_redis)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
