from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.exceptions import PostNotFoundError
from src.posts.models import Post


async def require(session: AsyncSession, post_id: UUID) -> None:
    if await session.scalar(select(Post.id).where(Post.id == post_id)) is None:
        raise PostNotFoundError
