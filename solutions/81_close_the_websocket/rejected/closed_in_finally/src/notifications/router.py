import logging

from fastapi import APIRouter, WebSocket, WebSocketException, status
from pydantic import ValidationError

from src.dependencies import CurrentUserId, NotificationHub, RedisClient
from src.notifications import service as notifications_service
from src.notifications.hub import CLIENT_IS_GONE
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
        while (frame := _parse(await websocket.receive_text())).action != "bye":
            unread = await notifications_service.mark_read(redis, user_id, frame)
            await websocket.send_text(unread.model_dump_json())
    except CLIENT_IS_GONE:
        logger.info("%s is gone", user_id)
    finally:
        await websocket.close()
        await hub.leave(user_id, websocket)


def _parse(text: str) -> ClientFrame:
    try:
        return ClientFrame.model_validate_json(text)
    except ValidationError as error:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION, "unknown_frame") from error
