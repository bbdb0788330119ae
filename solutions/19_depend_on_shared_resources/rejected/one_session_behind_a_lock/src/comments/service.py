from collections.abc import Sequence
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.comments.models import Comment
from src.feed import service as feed_service
from src.posts import service as posts_service

LATEST = 50


async def latest(session: AsyncSession, post_id: UUID) -> Sequence[Comment]:
    await posts_service.require(session, post_id)
    newest_first = select(Comment).where(Comment.post_id == post_id)
    rows = await session.scalars(newest_first.order_by(Comment.created_at.desc()).limit(LATEST))
    return rows.all()


async def add(
    session: AsyncSession, redis: Redis, post_id: UUID, author_id: UUID, body: str
) -> Comment:
    await posts_service.require(session, post_id)
    comment = Comment(post_id=post_id, author_id=author_id, body=body)
    session.add(comment)
    await session.flush()
    await feed_service.credit_comment(redis, post_id)
    return comment
