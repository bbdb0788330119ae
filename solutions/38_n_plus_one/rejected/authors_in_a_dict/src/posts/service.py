from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from src.posts.models import Channel, Comment, Post
from src.posts.schemas import AuthorPublic, CommentPublic, PostCard
from src.users.models import User

_authors: dict[UUID, AuthorPublic] = {}


async def latest_posts(session: AsyncSession, limit: int) -> list[PostCard]:
    statement = (
        select(Post)
        .options(selectinload(Post.comments))
        .order_by(Post.created_at.desc(), Post.id)
        .limit(limit)
    )
    posts = await session.scalars(statement)
    return [await _card(post) for post in posts]


async def channel_posts(session: AsyncSession, slug: str, limit: int) -> list[PostCard]:
    statement = (
        select(Post)
        .options(selectinload(Post.comments))
        .join(Channel, Channel.id == Post.channel_id)
        .where(Channel.slug == slug)
        .order_by(Post.created_at.desc(), Post.id)
        .limit(limit)
    )
    posts = await session.scalars(statement)
    return [await _card(post) for post in posts]


async def _card(post: Post) -> PostCard:
    comments: list[Comment] = await post.awaitable_attrs.comments
    return PostCard(
        post_id=post.id,
        title=post.title,
        created_at=post.created_at,
        author=await _author(post),
        comments=[await _comment(comment) for comment in comments],
    )


async def _comment(comment: Comment) -> CommentPublic:
    return CommentPublic(body=comment.body, author=await _author(comment))


async def _author(row: Post | Comment) -> AuthorPublic:
    if row.author_id not in _authors:
        user: User = await row.awaitable_attrs.author
        _authors[row.author_id] = AuthorPublic(full_name=user.full_name, specialty=user.specialty)
    return _authors[row.author_id]
