from uuid import UUID

from redis.asyncio import Redis

TRENDING = "feed:trending"
TRENDING_SECONDS = 48 * 3600
POINTS_FOR_A_SHARE = 3


async def credit_share(redis: Redis, post_id: UUID) -> None:
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.zincrby(TRENDING, POINTS_FOR_A_SHARE, str(post_id))
        pipeline.expire(TRENDING, TRENDING_SECONDS, nx=True)
        await pipeline.execute()
