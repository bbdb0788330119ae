from math import ceil
from uuid import uuid4

from redis.asyncio import Redis

from src.exceptions import RateLimitedError

_TRY = """
local clock = redis.call("TIME")
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local span = ARGV[1] * 1000
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - span)
if redis.call("ZCARD", KEYS[1]) >= tonumber(ARGV[2]) then
    local oldest = redis.call("ZRANGE", KEYS[1], 0, 0, "WITHSCORES")
    return oldest[2] + span - now
end
redis.call("ZADD", KEYS[1], now, ARGV[3])
redis.call("PEXPIRE", KEYS[1], span)
return 0
"""


class RateLimiter:
    """Remembers when the last tries were: each counts for `seconds`."""

    def __init__(self, redis: Redis) -> None:
        self._try = redis.register_script(_TRY)

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        left = await self._try(keys=[key], args=[seconds, limit, str(uuid4())])
        if left > 0:
            raise RateLimitedError(retry_after=ceil(left / 1000))
