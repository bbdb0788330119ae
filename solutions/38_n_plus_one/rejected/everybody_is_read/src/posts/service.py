from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.posts.models import Channel, Comment, Post
from src.posts.schemas import AuthorPublic, CommentPublic, PostCard
from src.users.models import User


async def latest_posts(session: AsyncSession, limit: int) -> list[PostCard]:
    statement = select(Post).order_by(Post.created_at.desc(), Post.id).limit(limit)
    posts = await session.scalars(statement)
    return await _cards(session, posts.all())


async def channel_posts(session: AsyncSession, slug: str, limit: int) -> list[PostCard]:
    statement = (
        select(Post)
        .join(Channel, Channel.id == Post.channel_id)
        .where(Channel.slug == slug)
        .order_by(Post.created_at.desc(), Post.id)
        .limit(limit)
    )
    posts = await session.scalars(statement)
    return await _cards(session, posts.all())


async def _cards(session: AsyncSession, posts: Sequence[Post]) -> list[PostCard]:
    statement = (
        select(Comment)
        .where(Comment.post_id.in_([post.id for post in posts]))
        .order_by(Comment.created_at)
    )
    comments = (await session.scalars(statement)).all()
    people = (await session.scalars(select(User))).all()
    authors = {
        user.id: AuthorPublic(full_name=user.full_name, specialty=user.specialty) for user in people
    }
    by_post: defaultdict[UUID, list[CommentPublic]] = defaultdict(list)
    for comment in comments:
        public = CommentPublic(body=comment.body, author=authors[comment.author_id])
        by_post[comment.post_id].append(public)
    return [
        PostCard(
            post_id=post.id,
            title=post.title,
            created_at=post.created_at,
            author=authors[post.author_id],
            comments=by_post[post.id],
        )
        for post in posts
    ]
