import time
from math import ceil
from uuid import uuid4

from redis.asyncio import Redis

from src.exceptions import RateLimitedError


class RateLimiter:
    """Remembers when the last tries were: each counts for `seconds`."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        now = time.time()
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zremrangebyscore(key, "-inf", now - seconds)
            pipeline.zadd(key, {str(uuid4()): now})
            pipeline.zrange(key, 0, 0, withscores=True)
            pipeline.zcard(key)
            pipeline.expire(key, seconds)
            _, _, [(_, oldest)], used, _ = await pipeline.execute()
        if used > limit:
            raise RateLimitedError(retry_after=ceil(oldest + seconds - now))
