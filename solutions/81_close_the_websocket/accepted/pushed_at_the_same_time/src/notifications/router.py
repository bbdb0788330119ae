import logging
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect, status
from pydantic import ValidationError
from redis.asyncio import Redis
from starlette.websockets import WebSocketDisconnected

from src.dependencies import CurrentUserId, NotificationHub, RedisClient
from src.notifications import service as notifications_service
from src.notifications.schemas import ClientFrame, Presence

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get("/presence")
async def presence(hub: NotificationHub) -> Presence:
    return hub.presence


@router.websocket("/ws")
async def notifications(
    websocket: WebSocket, user_id: CurrentUserId, hub: NotificationHub, redis: RedisClient
) -> None:
    await websocket.accept()
    try:
        await hub.join(user_id, websocket)
        await _answer(websocket, user_id, redis)
    except (WebSocketDisconnect, WebSocketDisconnected) as gone:
        logger.info("%s is gone: %r", user_id, gone)
    finally:
        await hub.leave(user_id, websocket)


async def _answer(websocket: WebSocket, user_id: UUID, redis: Redis) -> None:
    async for text in websocket.iter_text():
        try:
            frame = ClientFrame.model_validate_json(text)
        except ValidationError:
            await websocket.close(status.WS_1008_POLICY_VIOLATION, "unknown_frame")
            return
        if frame.action == "bye":
            await websocket.close()
            return
        unread = await notifications_service.mark_read(redis, user_id, frame)
        await websocket.send_text(unread.model_dump_json())
