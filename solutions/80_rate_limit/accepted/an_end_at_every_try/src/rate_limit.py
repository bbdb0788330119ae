from math import ceil

from redis.asyncio import Redis

from src.exceptions import RateLimitedError


class RateLimiter:
    """Counts in windows: the first try begins one, and `seconds` later it is over."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        used: int = await self._redis.incr(key)
        await self._redis.expire(key, seconds, nx=True)  # repairs one that was lost
        if used > limit:
            left: int = await self._redis.pttl(key)
            raise RateLimitedError(retry_after=max(1, ceil(left / 1000)))
