import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from redis.asyncio import Redis

_KEPT = 100  # notifications of one doctor
_SECONDS = 30 * 24 * 3600


async def tell(redis: Redis, user_ids: Sequence[str], text: str) -> None:
    async with redis.pipeline(transaction=True) as pipe:
        for user_id in user_ids:
            pipe.xadd(_inbox(user_id), {"text": text}, maxlen=_KEPT)
            pipe.expire(_inbox(user_id), _SECONDS)
        await pipe.execute()


async def follow(
    redis: Redis, user_id: str, last_id: str, heartbeat: float, is_stopping: Callable[[], bool]
) -> AsyncIterator[str]:
    while not is_stopping():
        entries: Any = await redis.xrange(_inbox(user_id), min=f"({last_id}")
        for entry_id, fields in entries:
            yield f"id: {entry_id}\ndata: {fields['text']}\n\n"
            last_id = entry_id
        yield ": still here\n\n"
        await asyncio.sleep(heartbeat)


def _inbox(user_id: str) -> str:
    return f"inbox:{user_id}"
