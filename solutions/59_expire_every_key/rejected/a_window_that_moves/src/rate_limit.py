from redis.asyncio import Redis


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    key = f"rate:{scope}:{who}"
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.incr(key)
        pipeline.expire(key, seconds)
        used, _ = await pipeline.execute()
    return bool(used <= limit)
