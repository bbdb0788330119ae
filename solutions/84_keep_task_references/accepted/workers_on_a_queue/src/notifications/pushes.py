import asyncio
import logging
from typing import Self
from uuid import UUID

from redis.asyncio import Redis

from src.notifications.gateway import PushGateway

logger = logging.getLogger(__name__)

_WORKERS = 40


class Pushes:
    def __init__(self, redis: Redis, gateway: PushGateway) -> None:
        self._redis = redis
        self._gateway = gateway
        self._waiting: asyncio.Queue[tuple[UUID, str, str]] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._workers = [asyncio.create_task(self._work()) for _ in range(_WORKERS)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._waiting.join()
        for worker in self._workers:
            worker.cancel()
        await asyncio.wait(self._workers)

    async def start(self, user_id: UUID, text: str) -> int:
        devices = sorted(map(str, await self._redis.smembers(_devices(user_id))))
        for device in devices:
            self._waiting.put_nowait((user_id, device, text))
        return len(devices)

    async def _work(self) -> None:
        while True:
            push = await self._waiting.get()
            try:
                await self._push(*push)
            except Exception:
                logger.exception("push failed")
            finally:
                self._waiting.task_done()

    async def _push(self, user_id: UUID, device: str, text: str) -> None:
        status = await self._gateway.push(device, text)
        if status == "unregistered":
            await self._redis.srem(_devices(user_id), device)


def _devices(user_id: UUID) -> str:
    return f"devices:{user_id}"
