from math import ceil

from redis.asyncio import Redis

from src.exceptions import RateLimitedError

_COUNT = """
local used = redis.call("INCR", KEYS[1])
if used == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return {used, redis.call("PTTL", KEYS[1])}
"""


class RateLimiter:
    """Counts in windows: the first try begins one, and `seconds` later it is over."""

    def __init__(self, redis: Redis) -> None:
        self._count = redis.register_script(_COUNT)

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        used, left = await self._count(keys=[key], args=[seconds])
        if used > limit:
            raise RateLimitedError(retry_after=ceil(left / 1000))
