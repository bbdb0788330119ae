from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.models import Share
from src.shares.schemas import Platform


async def counts_of(session: AsyncSession, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    rows = await session.execute(
        select(Share.platform, func.count())
        .where(Share.post_id == post_id)
        .group_by(Share.platform)
    )
    return dict.fromkeys(Platform, 0) | {Platform(platform): count for platform, count in rows}


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    session.add(Share(post_id=post_id, platform=platform))
    await session.flush()
    await feed_service.credit_share(redis, post_id)
