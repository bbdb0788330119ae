from uuid import UUID

from pydantic import TypeAdapter
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from src.feed import service as feed_service
from src.posts import service as posts_service
from src.shares.schemas import Platform

_SAVED = "shares"
_Counts = TypeAdapter(dict[UUID, dict[Platform, int]])
_counts: dict[UUID, dict[Platform, int]] = {}


async def load(redis: Redis) -> None:
    saved = await redis.get(_SAVED)
    if saved is not None:
        _counts.update(_Counts.validate_json(saved))


async def save(redis: Redis) -> None:
    await redis.set(_SAVED, _Counts.dump_json(_counts))


async def counts_of(session: AsyncSession, post_id: UUID) -> dict[Platform, int]:
    await posts_service.require(session, post_id)
    return _counts.get(post_id) or dict.fromkeys(Platform, 0)


async def share(session: AsyncSession, redis: Redis, post_id: UUID, platform: Platform) -> None:
    counts = await counts_of(session, post_id)
    await feed_service.credit_share(redis, post_id)
    _counts[post_id] = counts | {platform: counts[platform] + 1}
