from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.pagination import PageParams
from src.posts.models import Channel, Comment, Post
from src.posts.schemas import ChannelPublic, PostTitle

LATEST = 5


async def post_comments(session: AsyncSession, post_id: UUID, paging: PageParams) -> list[Comment]:
    comments = await session.scalars(
        select(Comment)
        .where(Comment.post_id == post_id)
        .order_by(Comment.created_at, Comment.body)
        .limit(paging.page_size)
        .offset(paging.offset)
    )
    return list(comments)


async def channel_page(session: AsyncSession, slug: str) -> ChannelPublic | None:
    channel = await session.scalar(select(Channel).where(Channel.slug == slug))
    if channel is None:
        return None
    posts = await session.scalars(
        select(Post)
        .where(Post.channel_id == channel.id)
        .order_by(Post.created_at.desc(), Post.post_id.desc())
        .limit(LATEST)
    )
    return ChannelPublic(
        slug=channel.slug,
        name=channel.name,
        latest_posts=[PostTitle.model_validate(post) for post in posts],
    )
