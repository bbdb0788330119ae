import asyncio
import logging
from uuid import UUID

from redis.asyncio import Redis

from src.notifications.gateway import GatewayError, PushGateway

logger = logging.getLogger(__name__)


class Pushes:
    def __init__(self, redis: Redis, gateway: PushGateway, tasks: asyncio.TaskGroup) -> None:
        self._redis = redis
        self._gateway = gateway
        self._tasks = tasks

    async def start(self, user_id: UUID, text: str) -> int:
        devices = sorted(map(str, await self._redis.smembers(_devices(user_id))))
        for device in devices:
            self._tasks.create_task(self._push(user_id, device, text))
        return len(devices)

    async def _push(self, user_id: UUID, device: str, text: str) -> None:
        try:
            status = await self._gateway.push(device, text)
            if status == "unregistered":
                await self._redis.srem(_devices(user_id), device)
        except GatewayError:  # one that leaves here would cancel all tasks of the group
            logger.exception("push failed")


def _devices(user_id: UUID) -> str:
    return f"devices:{user_id}"
