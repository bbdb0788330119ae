from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.feed.service import POINTS_FOR_A_SHARE, TRENDING
from src.posts import service as posts_service
from src.shares.schemas import Platform

_counts: dict[UUID, dict[Platform, int]] = {}


async def counts_of(session: AsyncSession, redis: Redis, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    counts = _counts.get(post_id) or dict.fromkeys(Platform, 0)
    points = await redis.zscore(TRENDING, str(post_id)) or 0
    others = int(points) // POINTS_FOR_A_SHARE - sum(counts.values())
    return counts | {Platform.WHATSAPP: counts[Platform.WHATSAPP] + others}  # most use it


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    await feed_service.credit_share(redis, post_id)
    counts = _counts.get(post_id) or dict.fromkeys(Platform, 0)
    _counts[post_id] = counts | {platform: counts[platform] + 1}
