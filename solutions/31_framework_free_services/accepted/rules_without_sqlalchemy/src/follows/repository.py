from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.follows import constants as follows_constants
from src.follows.models import Follow, OutboxEvent
from src.users.models import User


async def user_exists(session: AsyncSession, user_id: UUID) -> bool:
    return await session.get(User, user_id) is not None


async def recent(session: AsyncSession, follower_id: UUID) -> tuple[int, int]:
    since = func.now() - follows_constants.FOLLOWS_WITHIN
    ours = Follow.follower_id == follower_id, Follow.created_at > since
    wait = func.ceil(func.extract("epoch", func.min(Follow.created_at) - since))
    count, seconds = (await session.execute(select(func.count(), wait).where(*ours))).one()
    return count, int(seconds or 0)


async def add(session: AsyncSession, follower_id: UUID, followee_id: UUID) -> Follow | None:
    added: Follow | None = await session.scalar(
        insert(Follow)
        .values(follower_id=follower_id, followee_id=followee_id)
        .on_conflict_do_nothing()
        .returning(Follow)
    )
    return added


async def remove(session: AsyncSession, follower_id: UUID, followee_id: UUID) -> bool:
    removed = await session.scalar(
        delete(Follow)
        .where(Follow.follower_id == follower_id, Follow.followee_id == followee_id)
        .returning(Follow.followee_id)
    )
    return removed is not None


async def announce(session: AsyncSession, topic: str, payload: Any) -> None:
    session.add(OutboxEvent(topic=topic, payload=payload))
    await session.flush()
