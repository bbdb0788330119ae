from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.posts.models import Channel, Post

PUBLISHED = "PUBLISHED"


async def channel_posts(session: AsyncSession, slug: str, limit: int) -> list[Post]:
    channel_id = await session.scalar(select(Channel.id).where(Channel.slug == slug))
    if channel_id is None:
        return []
    posts = await session.scalars(
        select(Post)
        .where(Post.channel_id == channel_id, Post.status == PUBLISHED)
        .order_by(Post.created_at.desc())
        .limit(limit)
    )
    return list(posts)
