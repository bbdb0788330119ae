import asyncio
from uuid import UUID

from redis.asyncio import Redis

from src.notifications.gateway import PushGateway


class Pushes:
    def __init__(self, redis: Redis, gateway: PushGateway) -> None:
        self._redis = redis
        self._gateway = gateway
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, user_id: UUID, text: str) -> int:
        devices = sorted(map(str, await self._redis.smembers(_devices(user_id))))
        for device in devices:
            task = asyncio.create_task(self._push(user_id, device, text))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(devices)

    async def finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _push(self, user_id: UUID, device: str, text: str) -> None:
        status = await self._gateway.push(device, text)
        if status == "unregistered":
            await self._redis.srem(_devices(user_id), device)


def _devices(user_id: UUID) -> str:
    return f"devices:{user_id}"
