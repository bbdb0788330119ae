import asyncio
import logging
from collections.abc import Collection
from uuid import UUID

from redis.asyncio import Redis

from src.notifications.gateway import PushGateway

logger = logging.getLogger(__name__)


class Pushes:
    def __init__(self, redis: Redis, gateway: PushGateway) -> None:
        self._redis = redis
        self._gateway = gateway

    async def devices_of(self, user_id: UUID) -> list[str]:
        return sorted(map(str, await self._redis.smembers(_devices(user_id))))

    async def push(self, user_id: UUID, devices: Collection[str], text: str) -> None:
        await asyncio.gather(*[self._push(user_id, device, text) for device in devices])

    async def _push(self, user_id: UUID, device: str, text: str) -> None:
        try:
            status = await self._gateway.push(device, text)
            if status == "unregistered":
                await self._redis.srem(_devices(user_id), device)
        except Exception:
            logger.exception("push failed")


def _devices(user_id: UUID) -> str:
    return f"devices:{user_id}"
