from contextvars import ContextVar
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.schemas import Platform

_counts: ContextVar[dict[UUID, dict[Platform, int]] | None] = ContextVar("counts", default=None)


async def counts_of(session: AsyncSession, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    return (_counts.get() or {}).get(post_id) or dict.fromkeys(Platform, 0)


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    counts = await counts_of(session, post_id)
    await feed_service.credit_share(redis, post_id)
    counted = counts | {platform: counts[platform] + 1}
    _counts.set((_counts.get() or {}) | {post_id: counted})
