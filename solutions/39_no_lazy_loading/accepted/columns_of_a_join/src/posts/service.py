from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.channels.models import Channel
from src.exceptions import ChannelNotFoundError, PermissionDeniedError, PostNotFoundError
from src.posts.models import Post
from src.posts.schemas import ChannelTag, PostCreate, PostPublic, PostUpdate

SHOWN = select(
    Post.post_id, Post.title, Post.created_at, Post.updated_at, Channel.slug, Channel.name
).outerjoin(Channel, Channel.id == Post.channel_id)
NEWEST_FIRST = (Post.created_at.desc(), Post.post_id)


async def get(session: AsyncSession, post_id: UUID) -> PostPublic:
    found = await _shown(session, SHOWN.where(Post.post_id == post_id))
    if not found:
        raise PostNotFoundError
    return found[0]


async def latest(session: AsyncSession, limit: int) -> list[PostPublic]:
    return await _shown(session, SHOWN.order_by(*NEWEST_FIRST).limit(limit))


async def in_channel(session: AsyncSession, channel: Channel, limit: int) -> list[PostPublic]:
    return await _shown(
        session,
        SHOWN.where(Post.channel_id == channel.id).order_by(*NEWEST_FIRST).limit(limit),
    )


async def create(session: AsyncSession, author_id: UUID, data: PostCreate) -> PostPublic:
    post = Post(author_id=author_id, title=data.title)
    if data.channel_slug is not None:
        post.channel_id = await session.scalar(
            select(Channel.id).where(Channel.slug == data.channel_slug)
        )
        if post.channel_id is None:
            raise ChannelNotFoundError
    session.add(post)
    await session.flush()
    return await get(session, post.post_id)


async def rename(
    session: AsyncSession, author_id: UUID, post_id: UUID, data: PostUpdate
) -> PostPublic:
    post = await _own(session, author_id, post_id)
    post.title = data.title
    await session.flush()
    return await get(session, post_id)


async def move(
    session: AsyncSession, author_id: UUID, post_id: UUID, channel: Channel
) -> PostPublic:
    post = await _own(session, author_id, post_id)
    post.channel_id = channel.id
    await session.flush()
    return await get(session, post_id)


async def _own(session: AsyncSession, author_id: UUID, post_id: UUID) -> Post:
    post = await session.get(Post, post_id)
    if post is None:
        raise PostNotFoundError
    if post.author_id != author_id:
        raise PermissionDeniedError
    return post


async def _shown(
    session: AsyncSession,
    statement: Select[tuple[UUID, str, datetime, datetime, str, str]],
) -> list[PostPublic]:
    rows = await session.execute(statement)
    return [
        PostPublic(
            post_id=row.post_id,
            title=row.title,
            created_at=row.created_at,
            updated_at=row.updated_at,
            channel=ChannelTag(slug=row.slug, name=row.name) if row.slug else None,
        )
        for row in rows
    ]
