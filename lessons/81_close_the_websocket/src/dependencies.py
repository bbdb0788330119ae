from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, WebSocketException, status
from fastapi.requests import HTTPConnection
from redis.asyncio import Redis

from src.notifications.hub import Hub


async def get_redis(connection: HTTPConnection) -> Redis:
    redis: Redis = connection.state.redis
    return redis


async def get_hub(connection: HTTPConnection) -> Hub:
    hub: Hub = connection.state.hub
    return hub


# The gateway has checked the token; it passes on whose it is.
async def get_current_user_id(
    user_id: Annotated[UUID | None, Header(alias="X-User-Id")] = None,
) -> UUID:
    if user_id is None:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION, "not_authenticated")
    return user_id


RedisClient = Annotated[Redis, Depends(get_redis)]
NotificationHub = Annotated[Hub, Depends(get_hub)]
CurrentUserId = Annotated[UUID, Depends(get_current_user_id)]
