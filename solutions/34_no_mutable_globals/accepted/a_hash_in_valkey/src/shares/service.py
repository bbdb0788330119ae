from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.schemas import Platform


async def counts_of(session: AsyncSession, redis: Redis, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    counted = await redis.hgetall(_key(post_id))
    return {platform: int(counted.get(platform, 0)) for platform in Platform}


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    await feed_service.credit_share(redis, post_id)
    await redis.hincrby(_key(post_id), platform, 1)


def _key(post_id: UUID) -> str:
    return f"shares:{post_id}"
