import logging
from contextlib import suppress
from uuid import UUID

from fastapi import WebSocket, WebSocketDisconnect
from redis.asyncio.client import PubSub
from starlette.websockets import WebSocketDisconnected

from src.notifications.schemas import Presence

logger = logging.getLogger(__name__)

# The first to write to a dead socket gets the one, everybody after that the other.
CLIENT_IS_GONE = (WebSocketDisconnect, WebSocketDisconnected)


class Hub:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub
        self._sockets: dict[str, list[WebSocket]] = {}

    @property
    def presence(self) -> Presence:
        sockets = sum(map(len, self._sockets.values()))
        return Presence(doctors=len(self._sockets), sockets=sockets)

    async def join(self, user_id: UUID, websocket: WebSocket) -> None:
        channel = _channel(user_id)
        self._sockets.setdefault(channel, []).append(websocket)
        await self._pubsub.subscribe(**{channel: self._push})

    async def leave(self, user_id: UUID, websocket: WebSocket) -> None:
        channel = _channel(user_id)
        self._sockets[channel].remove(websocket)
        if not self._sockets[channel]:
            del self._sockets[channel]
            await self._pubsub.unsubscribe(channel)

    async def run(self) -> None:
        await self._pubsub.run(exception_handler=_log)

    async def _push(self, message: dict[str, str]) -> None:
        for websocket in list(self._sockets.get(message["channel"], [])):
            with suppress(*CLIENT_IS_GONE):
                await websocket.send_text(message["data"])


def _channel(user_id: UUID) -> str:
    return f"notifications:{user_id}"


def _log(e: BaseException, pubsub: PubSub) -> None:
    logger.error("a push failed, with %d channels", len(pubsub.channels), exc_info=e)
