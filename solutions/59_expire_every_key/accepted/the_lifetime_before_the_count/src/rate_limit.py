from redis.asyncio import Redis


async def within_limit(redis: Redis, scope: str, who: str, *, limit: int, seconds: int) -> bool:
    key = f"rate:{scope}:{who}"
    async with redis.pipeline() as pipeline:
        pipeline.set(key, 0, ex=seconds, nx=True)
        pipeline.incr(key)
        _, used = await pipeline.execute()
    return bool(used <= limit)
