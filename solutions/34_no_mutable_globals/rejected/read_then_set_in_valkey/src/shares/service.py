from uuid import UUID

from pydantic import TypeAdapter
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.schemas import Platform

Counts = TypeAdapter(dict[Platform, int])


async def counts_of(session: AsyncSession, redis: Redis, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    stored = await redis.get(_key(post_id))
    return dict.fromkeys(Platform, 0) | (Counts.validate_json(stored) if stored else {})


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    counts = await counts_of(session, redis, post_id)
    counts[platform] += 1
    await redis.set(_key(post_id), Counts.dump_json(counts))
    await feed_service.credit_share(redis, post_id)


def _key(post_id: UUID) -> str:
    return f"shares:{post_id}"
