from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from src.pagination import PageParams
from src.posts.models import Channel, Comment, Post
from src.posts.schemas import ChannelPublic, PostTitle

LATEST = 5


async def post_comments(session: AsyncSession, post_id: UUID, paging: PageParams) -> list[Comment]:
    comments = await session.scalars(
        select(Comment)
        .where(Comment.post_id == post_id)
        .order_by(Comment.created_at, Comment.comment_id)
        .limit(paging.page_size)
        .offset(paging.offset)
    )
    return list(comments)


async def channel_page(session: AsyncSession, slug: str) -> ChannelPublic | None:
    latest = (
        select(Post.post_id, Post.title, Post.created_at)
        .where(Post.channel_id == Channel.id)
        .order_by(Post.created_at.desc(), Post.post_id.desc())
        .limit(LATEST)
        .lateral()
    )
    rows = await session.execute(
        select(Channel.slug, Channel.name, latest.c.post_id, latest.c.title)
        .outerjoin(latest, true())
        .where(Channel.slug == slug)
        .order_by(latest.c.created_at.desc(), latest.c.post_id.desc())
    )
    found = rows.all()
    if not found:
        return None
    return ChannelPublic(
        slug=found[0].slug,
        name=found[0].name,
        latest_posts=[
            PostTitle(post_id=row.post_id, title=row.title) for row in found if row.post_id
        ],
    )
