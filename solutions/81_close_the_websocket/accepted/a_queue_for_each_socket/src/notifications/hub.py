import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from redis.asyncio.client import PubSub

from src.notifications.schemas import Presence

logger = logging.getLogger(__name__)


class Hub:
    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub
        self._inboxes: dict[str, list[asyncio.Queue[str]]] = {}

    @property
    def presence(self) -> Presence:
        sockets = sum(map(len, self._inboxes.values()))
        return Presence(doctors=len(self._inboxes), sockets=sockets)

    @asynccontextmanager
    async def joined(self, user_id: UUID, inbox: asyncio.Queue[str]) -> AsyncIterator[None]:
        channel = f"notifications:{user_id}"
        self._inboxes.setdefault(channel, []).append(inbox)
        try:
            await self._pubsub.subscribe(**{channel: self._push})
            yield
        finally:
            self._inboxes[channel].remove(inbox)
            if not self._inboxes[channel]:
                del self._inboxes[channel]
                await self._pubsub.unsubscribe(channel)

    async def run(self) -> None:
        await self._pubsub.run(exception_handler=_log)

    async def _push(self, message: dict[str, str]) -> None:
        for inbox in self._inboxes.get(message["channel"], []):
            if inbox.full():  # who does not read loses the oldest
                inbox.get_nowait()
            inbox.put_nowait(message["data"])


def _log(e: BaseException, pubsub: PubSub) -> None:
    logger.error("a push failed, with %d channels", len(pubsub.channels), exc_info=e)
