import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect, WebSocketException, status
from pydantic import ValidationError
from redis.asyncio import Redis
from starlette.websockets import WebSocketDisconnected

from src.dependencies import CurrentUserId, NotificationHub, RedisClient
from src.notifications import service as notifications_service
from src.notifications.schemas import ClientFrame, Presence

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get("/presence")
async def presence(hub: NotificationHub) -> Presence:
    return hub.presence


@router.websocket("/ws")
async def notifications(
    websocket: WebSocket, user_id: CurrentUserId, hub: NotificationHub, redis: RedisClient
) -> None:
    await websocket.accept()
    inbox = asyncio.Queue[str](maxsize=100)
    with suppress(WebSocketDisconnect, WebSocketDisconnected):
        try:
            async with hub.joined(user_id, inbox):
                await _until_one_ends(_answer(websocket, user_id, redis), _push(inbox, websocket))
            await websocket.close()
        except WebSocketException as refused:
            await websocket.close(refused.code, refused.reason)


async def _until_one_ends(*jobs: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _answer(websocket: WebSocket, user_id: UUID, redis: Redis) -> None:
    while (frame := _parse(await websocket.receive_text())).action != "bye":
        unread = await notifications_service.mark_read(redis, user_id, frame)
        await websocket.send_text(unread.model_dump_json())


async def _push(inbox: asyncio.Queue[str], websocket: WebSocket) -> None:
    while True:
        await websocket.send_text(await inbox.get())


def _parse(text: str) -> ClientFrame:
    try:
        return ClientFrame.model_validate_json(text)
    except ValidationError as error:
        raise WebSocketException(status.WS_1008_POLICY_VIOLATION, "unknown_frame") from error
