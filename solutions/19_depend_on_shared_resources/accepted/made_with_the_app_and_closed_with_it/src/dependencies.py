from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from redis.asyncio import Redis

from src.stores import Stores


async def get_redis(request: Request) -> Redis:
    stores: Stores = request.app.state.stores
    return stores.redis


RedisClient = Annotated[Redis, Depends(get_redis)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
