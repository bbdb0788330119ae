from typing import Annotated

from fastapi import Depends, Request
from redis.asyncio import Redis


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


RedisClient = Annotated[Redis, Depends(get_redis)]
