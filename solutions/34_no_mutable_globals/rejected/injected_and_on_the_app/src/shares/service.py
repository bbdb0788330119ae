from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.counter import ShareCounter
from src.shares.schemas import Platform


async def counts_of(
    session: AsyncSession, counter: ShareCounter, post_id: UUID
) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    return counter.of(post_id)


async def share(
    session: AsyncSession, redis: Redis, counter: ShareCounter, post_id: UUID, platform: Platform
) -> None:
    await posts_service.require(session, post_id)
    await feed_service.credit_share(redis, post_id)
    counter.add(post_id, platform)
