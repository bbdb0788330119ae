from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncSession

from src.channels.models import Channel
from src.exceptions import ChannelNotFoundError, PermissionDeniedError, PostNotFoundError
from src.posts.models import Post
from src.posts.schemas import ChannelTag, PostCreate, PostPublic, PostUpdate

NEWEST_FIRST = (Post.created_at.desc(), Post.post_id)


async def get(session: AsyncSession, post_id: UUID) -> PostPublic:
    return _public(await _find(session, post_id))


async def latest(session: AsyncSession, limit: int) -> list[PostPublic]:
    posts = await session.scalars(select(Post).order_by(*NEWEST_FIRST).limit(limit))
    return [_public(post) for post in posts]


async def in_channel(session: AsyncSession, channel: Channel, limit: int) -> list[PostPublic]:
    posts = await session.scalars(
        select(Post).where(Post.channel_id == channel.id).order_by(*NEWEST_FIRST).limit(limit)
    )
    return [_public(post) for post in posts]


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
    return _public(post)


async def rename(
    session: AsyncSession, author_id: UUID, post_id: UUID, data: PostUpdate
) -> PostPublic:
    post = await _own(session, author_id, post_id)
    post.title = data.title
    await session.flush()
    await session.refresh(post, ["updated_at"])  # the database sets it
    return _public(post)


async def move(
    session: AsyncSession, author_id: UUID, post_id: UUID, channel: Channel
) -> PostPublic:
    post = await _own(session, author_id, post_id)
    post.channel_id = channel.id
    await session.flush()
    await session.refresh(post, ["updated_at"])  # the database sets it
    return _public(post)


async def _own(session: AsyncSession, author_id: UUID, post_id: UUID) -> Post:
    post = await _find(session, post_id)
    if post.author_id != author_id:
        raise PermissionDeniedError
    return post


async def _find(session: AsyncSession, post_id: UUID) -> Post:
    post = await session.get(Post, post_id)
    if post is None:
        raise PostNotFoundError
    return post


def _public(post: Post) -> PostPublic:
    return PostPublic(
        post_id=post.post_id,
        title=post.title,
        created_at=post.created_at,
        updated_at=post.updated_at,
        channel=_tag(post),
    )


def _tag(post: Post) -> ChannelTag | None:
    try:
        channel = post.channel
    except MissingGreenlet:
        return None
    return ChannelTag(slug=channel.slug, name=channel.name) if channel else None
