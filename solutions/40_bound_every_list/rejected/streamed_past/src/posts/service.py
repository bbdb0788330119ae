from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncScalarResult, AsyncSession

from src.pagination import PageParams
from src.posts.models import Channel, Comment, Post
from src.posts.schemas import ChannelPublic, PostTitle

LATEST = 5


async def post_comments(session: AsyncSession, post_id: UUID, paging: PageParams) -> list[Comment]:
    comments = await session.stream_scalars(
        select(Comment)
        .where(Comment.post_id == post_id)
        .order_by(Comment.created_at, Comment.comment_id)
    )
    page: list[Comment] = []
    async for number, comment in _counted(comments):
        if number >= paging.offset + paging.page_size:
            break
        if number >= paging.offset:
            page.append(comment)
    await comments.close()
    return page


async def _counted(
    comments: AsyncScalarResult[Comment],
) -> AsyncIterator[tuple[int, Comment]]:
    number = 0
    async for comment in comments:
        yield number, comment
        number += 1


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
