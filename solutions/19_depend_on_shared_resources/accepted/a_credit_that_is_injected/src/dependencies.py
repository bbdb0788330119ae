from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Header, Request
from redis.asyncio import Redis

from src.feed import service as feed_service

Credit: TypeAlias = Callable[[UUID], Awaitable[None]]


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


RedisClient = Annotated[Redis, Depends(get_redis)]


async def get_credit(redis: RedisClient) -> Credit:
    return partial(feed_service.credit_comment, redis)


CreditComment = Annotated[Credit, Depends(get_credit)]

# The gateway has checked the token; it passes on whose it is.
UserId = Annotated[UUID, Header(alias="X-User-Id")]
