from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from redis.asyncio import Redis

from src.users.directory import Directory


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


async def get_directory(request: Request) -> Directory:
    directory: Directory = request.state.directory
    return directory


RedisClient = Annotated[Redis, Depends(get_redis)]
Identities = Annotated[Directory, Depends(get_directory)]
# The gateway has checked the token; it passes on whose it is.
CurrentUserId = Annotated[UUID, Header(alias="X-User-Id")]
