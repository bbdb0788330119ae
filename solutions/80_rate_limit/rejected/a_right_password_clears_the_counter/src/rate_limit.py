from math import ceil

from redis.asyncio import Redis

from src.exceptions import RateLimitedError


class RateLimiter:
    """Counts in windows: the first try begins one, and `seconds` later it is over."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, seconds, nx=True)
            pipeline.pttl(key)
            used, _, left = await pipeline.execute()
        if used > limit:
            raise RateLimitedError(retry_after=ceil(left / 1000))

    async def forget(self, scope: str, who: str) -> None:
        await self._redis.delete(f"rate:{scope}:{who}")
