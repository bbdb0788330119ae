from collections import Counter, defaultdict
from typing import ClassVar
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.schemas import Platform


class ShareCounter:
    _counts: ClassVar[defaultdict[UUID, Counter[Platform]]] = defaultdict(Counter)

    @classmethod
    def add(cls, post_id: UUID, platform: Platform) -> None:
        cls._counts[post_id][platform] += 1

    @classmethod
    def of(cls, post_id: UUID) -> dict[Platform, int]:
        return {platform: cls._counts[post_id][platform] for platform in Platform}


async def counts_of(session: AsyncSession, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    return ShareCounter.of(post_id)


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    await feed_service.credit_share(redis, post_id)
    ShareCounter.add(post_id, platform)
