from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.posts.constants import PostStatus
from src.posts.exceptions import NotADraftError, NotBookmarkedError
from src.posts.models import Bookmark, Post, PostVersion


async def find(session: AsyncSession, post_id: UUID) -> Post | None:
    found: Post | None = await session.scalar(
        select(Post).where(Post.post_id == post_id, Post.status != PostStatus.SOFT_DELETED)
    )
    return found


async def edit(session: AsyncSession, post: Post, body: str) -> Post:
    session.add(PostVersion(post_id=post.post_id, body=post.body))
    post.body = body
    if post.status == PostStatus.PUBLISHED:
        post.status = PostStatus.EDITED
    await session.flush()
    return post


async def publish(session: AsyncSession, post: Post) -> Post:
    if post.status != PostStatus.DRAFT:
        raise NotADraftError
    post.status = PostStatus.PUBLISHED
    await session.flush()
    return post


async def remove(session: AsyncSession, post: Post) -> None:
    post.status = PostStatus.SOFT_DELETED
    await session.flush()


async def versions(session: AsyncSession, post_id: UUID) -> list[PostVersion]:
    found = await session.scalars(
        select(PostVersion)
        .where(PostVersion.post_id == post_id)
        .order_by(PostVersion.created_at, PostVersion.id)
    )
    return list(found)


async def bookmark(session: AsyncSession, user_id: UUID, post_id: UUID) -> None:
    session.add(Bookmark(user_id=user_id, post_id=post_id))
    await session.flush()


async def remove_bookmark(session: AsyncSession, user_id: UUID, post_id: UUID) -> None:
    removed = await session.scalar(
        delete(Bookmark)
        .where(Bookmark.user_id == user_id, Bookmark.post_id == post_id)
        .returning(Bookmark.post_id)
    )
    if removed is None:
        raise NotBookmarkedError
