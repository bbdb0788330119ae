from redis.asyncio import Redis


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    key = f"rate:{scope}:{who}"
    await redis.set(key, 0, ex=seconds, nx=True)
    used: int = await redis.incr(key)
    return used <= limit
