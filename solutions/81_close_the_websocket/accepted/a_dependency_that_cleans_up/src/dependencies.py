from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, WebSocket, WebSocketException, status
from fastapi.requests import HTTPConnection
from redis.asyncio import Redis

from src.notifications.hub import CLIENT_IS_GONE, Hub


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


async def join_hub(
    websocket: WebSocket,
    user_id: Annotated[UUID, Depends(get_current_user_id)],
    hub: Annotated[Hub, Depends(get_hub)],
) -> AsyncIterator[WebSocket]:
    await websocket.accept()
    with suppress(*CLIENT_IS_GONE):
        try:
            await hub.join(user_id, websocket)
            yield websocket
            await websocket.close()
        except WebSocketException as refused:
            await websocket.close(refused.code, refused.reason)
        finally:
            await hub.leave(user_id, websocket)


RedisClient = Annotated[Redis, Depends(get_redis)]
NotificationHub = Annotated[Hub, Depends(get_hub)]
CurrentUserId = Annotated[UUID, Depends(get_current_user_id)]
JoinedWebSocket = Annotated[WebSocket, Depends(join_hub)]
