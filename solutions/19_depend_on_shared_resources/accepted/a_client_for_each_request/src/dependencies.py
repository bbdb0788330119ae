from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from redis.asyncio import Redis


async def get_redis(request: Request) -> AsyncIterator[Redis]:
    async with Redis(connection_pool=request.state.redis_pool) as redis:
        yield redis


RedisClient = Annotated[Redis, Depends(get_redis)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
