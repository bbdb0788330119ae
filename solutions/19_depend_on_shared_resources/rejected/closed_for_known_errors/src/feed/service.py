from uuid import UUID

from pydantic import TypeAdapter
from redis.asyncio import Redis

from src.feed.schemas import TrendingPost

TRENDING = "feed:trending"
TRENDING_SECONDS = 48 * 3600
TRENDING_LENGTH = 10
POINTS_FOR_A_COMMENT = 2

_PAIRS = TypeAdapter(list[tuple[UUID, int]])


async def trending(redis: Redis) -> list[TrendingPost]:
    pairs = await redis.zrevrange(TRENDING, 0, TRENDING_LENGTH - 1, withscores=True)
    return [
        TrendingPost(post_id=post_id, points=points)
        for post_id, points in _PAIRS.validate_python(pairs)
    ]


async def credit_comment(redis: Redis, post_id: UUID) -> None:
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.zincrby(TRENDING, POINTS_FOR_A_COMMENT, str(post_id))
        pipeline.expire(TRENDING, TRENDING_SECONDS, nx=True)
        await pipeline.execute()
