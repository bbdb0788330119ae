from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from src.posts.models import Channel, Comment
from src.posts.schemas import ChannelPublic, PostTitle

LATEST = 5


async def post_comments(session: AsyncSession, post_id: UUID) -> list[Comment]:
    comments = await session.scalars(
        select(Comment).where(Comment.post_id == post_id).order_by(Comment.created_at)
    )
    return list(comments)


async def channel_page(session: AsyncSession, slug: str) -> ChannelPublic | None:
    channel = await session.scalar(
        select(Channel).options(selectinload(Channel.posts)).where(Channel.slug == slug)
    )
    if channel is None:
        return None
    return ChannelPublic(
        slug=channel.slug,
        name=channel.name,
        latest_posts=[PostTitle.model_validate(post) for post in channel.posts[:LATEST]],
    )
