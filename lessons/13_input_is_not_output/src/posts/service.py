from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from src.posts.models import Post


async def latest_posts(session: AsyncSession, limit: int) -> list[Post]:
    statement = (
        select(Post)
        .options(joinedload(Post.author))
        .order_by(Post.created_at.desc(), Post.post_id)
        .limit(limit)
    )
    return list(await session.scalars(statement))
