from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
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
    one = insert(ShareCount).values(post_id=post_id, platform=platform, count=1)
    await session.execute(
        one.on_conflict_do_update(
            index_elements=[ShareCount.post_id, ShareCount.platform],
            set_={"count": ShareCount.count + 1},
        )
    )
