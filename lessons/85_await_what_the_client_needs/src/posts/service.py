from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from src.exceptions import AlreadyLikedError, PostNotFoundError
from src.posts.models import Like, Post


async def get(session: AsyncSession, post_id: UUID) -> Post:
    post = await session.get(Post, post_id)
    if post is None:
        raise PostNotFoundError
    return post


async def like(session: AsyncSession, user_id: UUID, post_id: UUID) -> int:
    made = await session.scalar(
        insert(Like)
        .values(user_id=user_id, post_id=post_id)
        .on_conflict_do_nothing()
        .returning(Like.post_id)
    )
    if made is None:
        raise AlreadyLikedError
    counted = await session.scalars(
        update(Post)
        .where(Post.post_id == post_id)
        .values(like_count=Post.like_count + 1)
        .returning(Post.like_count)
    )
    return counted.one()
