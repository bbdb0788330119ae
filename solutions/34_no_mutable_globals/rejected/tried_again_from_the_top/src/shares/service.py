from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.models import ShareCount
from src.shares.schemas import Platform


async def counts_of(session: AsyncSession, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    rows = await session.execute(
        select(ShareCount.platform, ShareCount.count).where(ShareCount.post_id == post_id)
    )
    return dict.fromkeys(Platform, 0) | {Platform(platform): count for platform, count in rows}


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    await posts_service.require(session, post_id)
    await feed_service.credit_share(redis, post_id)
    row = await session.get(ShareCount, (post_id, platform), with_for_update=True)
    if row is None:
        row = ShareCount(post_id=post_id, platform=platform, count=0)
        session.add(row)
    row.count += 1
    try:
        await session.flush()
    except IntegrityError:  # somebody else has counted the first share
        await session.rollback()
        await share(session, redis, post_id, platform)
