from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed.service import POINTS_FOR_A_SHARE, TRENDING, TRENDING_SECONDS
from src.posts import service as posts_service
from src.shares.schemas import Platform

_SHARE = """
redis.call('ZINCRBY', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3], 'NX')
redis.call('HINCRBY', KEYS[2], ARGV[4], 1)
"""


async def counts_of(session: AsyncSession, redis: Redis, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    counted = await redis.hgetall(_key(post_id))
    return {platform: int(counted.get(platform, 0)) for platform in Platform}


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    arguments = [POINTS_FOR_A_SHARE, str(post_id), TRENDING_SECONDS, platform]
    await redis.register_script(_SHARE)(keys=[TRENDING, _key(post_id)], args=arguments)


def _key(post_id: UUID) -> str:
    return f"shares:{post_id}"
