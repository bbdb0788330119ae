from redis.asyncio import Redis


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    await redis.set(f"rate:{scope}:{who}", limit, ex=seconds)
    return True
