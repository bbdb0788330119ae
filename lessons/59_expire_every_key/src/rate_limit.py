from redis.asyncio import Redis


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    key = f"rate:{scope}:{who}"
    used: int = await redis.incr(key)
    if used == 1:
        await redis.expire(key, seconds)
    return used <= limit
