from typing import Annotated

from fastapi import Depends, Request
from redis.asyncio import Redis

from src.shares.counter import ShareCounter


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


async def get_shares(request: Request) -> ShareCounter:
    shares: ShareCounter = request.app.state.shares
    return shares


RedisClient = Annotated[Redis, Depends(get_redis)]
Shares = Annotated[ShareCounter, Depends(get_shares)]
