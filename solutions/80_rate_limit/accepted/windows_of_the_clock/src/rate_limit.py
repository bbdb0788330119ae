import time
from math import ceil

from redis.asyncio import Redis

from src.exceptions import RateLimitedError


class RateLimiter:
    """Counts in windows of the clock: 15 minutes begin at each quarter of an hour."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        number, past = divmod(time.time(), seconds)
        key = f"rate:{scope}:{who}:{number:.0f}"
        async with self._redis.pipeline() as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, seconds)
            used, _ = await pipeline.execute()
        if used > limit:
            raise RateLimitedError(retry_after=ceil(seconds - past))
