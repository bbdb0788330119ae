from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from src.channels.models import Channel
from src.exceptions import ChannelNotFoundError, PermissionDeniedError, PostNotFoundError
from src.posts.models import Post
from src.posts.schemas import PostCreate, PostUpdate

NEWEST_FIRST = (Post.created_at.desc(), Post.post_id)
WITH_CHANNEL = joinedload(Post.channel)


async def get(session: AsyncSession, post_id: UUID) -> Post:
    post = await session.get(Post, post_id, options=[WITH_CHANNEL])
    if post is None:
        raise PostNotFoundError
    return post


async def latest(session: AsyncSession, limit: int) -> list[Post]:
    posts = await session.scalars(
        select(Post).options(WITH_CHANNEL).order_by(*NEWEST_FIRST).limit(limit)
    )
    return list(posts)


async def in_channel(session: AsyncSession, channel: Channel, limit: int) -> list[Post]:
    posts = await session.scalars(
        select(Post)
        .options(WITH_CHANNEL)
        .where(Post.channel_id == channel.id)
        .order_by(*NEWEST_FIRST)
        .limit(limit)
    )
    return list(posts)


async def create(session: AsyncSession, author_id: UUID, data: PostCreate) -> Post:
    post = Post(author_id=author_id, title=data.title)
    if data.channel_slug is not None:
        post.channel_id = await session.scalar(
            select(Channel.id).where(Channel.slug == data.channel_slug)
        )
        if post.channel_id is None:
            raise ChannelNotFoundError
    session.add(post)
    await session.flush()
    await session.refresh(post, ["channel"])
    return post


async def rename(session: AsyncSession, author_id: UUID, post_id: UUID, data: PostUpdate) -> Post:
    post = await _own(session, author_id, post_id)
    post.title = data.title
    await session.flush()
    await session.refresh(post, ["updated_at"])  # the database sets it
    return post


async def move(session: AsyncSession, author_id: UUID, post_id: UUID, channel: Channel) -> Post:
    post = await _own(session, author_id, post_id)
    post.channel_id = channel.id
    await session.flush()
    await session.refresh(post, ["updated_at"])  # the database sets it
    return post


async def _own(session: AsyncSession, author_id: UUID, post_id: UUID) -> Post:
    post = await get(session, post_id)
    if post.author_id != author_id:
        raise PermissionDeniedError
    return post
