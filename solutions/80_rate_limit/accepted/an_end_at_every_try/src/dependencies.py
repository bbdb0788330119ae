from typing import Annotated

from fastapi import Depends, Header, Request
from redis.asyncio import Redis

from src.auth import service as auth_service
from src.exceptions import NotAuthenticatedError
from src.rate_limit import RateLimiter


async def get_redis(request: Request) -> Redis:
    redis: Redis = request.state.redis
    return redis


async def get_limiter(request: Request) -> RateLimiter:
    limiter: RateLimiter = request.state.limiter
    return limiter


RedisClient = Annotated[Redis, Depends(get_redis)]
Limiter = Annotated[RateLimiter, Depends(get_limiter)]


async def current_user(redis: RedisClient, authorization: Annotated[str, Header()] = "") -> str:
    scheme, _, token = authorization.partition(" ")
    user_id = await auth_service.find_user(redis, token) if scheme.lower() == "bearer" else None
    if user_id is None:
        raise NotAuthenticatedError
    return user_id


CurrentUser = Annotated[str, Depends(current_user)]


def client_address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


async def limit_logins(request: Request, limiter: Limiter) -> None:
    await limiter.hit("login", client_address(request), limit=20, seconds=15 * 60)


async def limit_comments(user_id: CurrentUser, limiter: Limiter) -> None:
    await limiter.hit("comment", user_id, limit=5, seconds=60)
