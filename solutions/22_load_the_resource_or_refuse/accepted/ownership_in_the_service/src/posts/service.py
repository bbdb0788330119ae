from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src.exceptions import PermissionDeniedError
from src.posts.constants import PostStatus
from src.posts.exceptions import AlreadyBookmarkedError, NotADraftError, NotBookmarkedError
from src.posts.models import Bookmark, Post, PostVersion

UNIQUE_VIOLATION = "23505"


async def find(session: AsyncSession, post_id: UUID) -> Post | None:
    found: Post | None = await session.scalar(
        select(Post).where(Post.post_id == post_id, Post.status != PostStatus.SOFT_DELETED)
    )
    return found


async def edit(session: AsyncSession, user_id: UUID, post: Post, body: str) -> Post:
    _demand_author(user_id, post)
    session.add(PostVersion(post_id=post.post_id, body=post.body))
    post.body = body
    if post.status == PostStatus.PUBLISHED:
        post.status = PostStatus.EDITED
    await session.flush()
    return post


async def publish(session: AsyncSession, user_id: UUID, post: Post) -> Post:
    _demand_author(user_id, post)
    if post.status != PostStatus.DRAFT:
        raise NotADraftError
    post.status = PostStatus.PUBLISHED
    await session.flush()
    return post


async def remove(session: AsyncSession, user_id: UUID, post: Post) -> None:
    _demand_author(user_id, post)
    post.status = PostStatus.SOFT_DELETED
    await session.flush()


async def versions(session: AsyncSession, user_id: UUID, post: Post) -> list[PostVersion]:
    _demand_author(user_id, post)
    found = await session.scalars(
        select(PostVersion)
        .where(PostVersion.post_id == post.post_id)
        .order_by(PostVersion.created_at, PostVersion.id)
    )
    return list(found)


async def is_bookmarked(session: AsyncSession, user_id: UUID, post_id: UUID) -> bool:
    return await session.get(Bookmark, (user_id, post_id)) is not None


async def bookmark(session: AsyncSession, user_id: UUID, post_id: UUID) -> None:
    session.add(Bookmark(user_id=user_id, post_id=post_id))
    try:
        await session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != UNIQUE_VIOLATION:
            raise
        raise AlreadyBookmarkedError from error


async def remove_bookmark(session: AsyncSession, user_id: UUID, post_id: UUID) -> None:
    removed = await session.scalar(
        delete(Bookmark)
        .where(Bookmark.user_id == user_id, Bookmark.post_id == post_id)
        .returning(Bookmark.post_id)
    )
    if removed is None:
        raise NotBookmarkedError


def _demand_author(user_id: UUID, post: Post) -> None:
    if post.author_id != user_id:
        raise PermissionDeniedError
