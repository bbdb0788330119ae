from redis.asyncio import Redis

_COUNT = """
local used = redis.call("INCR", KEYS[1])
if used == 1 then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return used
"""


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    count = redis.register_script(_COUNT)
    used: int = await count(keys=[f"rate:{scope}:{who}"], args=[seconds])
    return used <= limit
