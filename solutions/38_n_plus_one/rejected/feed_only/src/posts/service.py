from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from src.posts.models import Channel, Comment, Post
from src.posts.schemas import AuthorPublic, CommentPublic, PostCard
from src.users.models import User

WHOLE_CARD = (
    selectinload(Post.author),
    selectinload(Post.comments).selectinload(Comment.author),
)


async def latest_posts(session: AsyncSession, limit: int) -> list[PostCard]:
    statement = (
        select(Post).options(*WHOLE_CARD).order_by(Post.created_at.desc(), Post.id).limit(limit)
    )
    posts = await session.scalars(statement)
    return [await _card(post) for post in posts]


async def channel_posts(session: AsyncSession, slug: str, limit: int) -> list[PostCard]:
    statement = (
        select(Post)
        .join(Channel, Channel.id == Post.channel_id)
        .where(Channel.slug == slug)
        .order_by(Post.created_at.desc(), Post.id)
        .limit(limit)
    )
    posts = await session.scalars(statement)
    return [await _card(post) for post in posts]


async def _card(post: Post) -> PostCard:
    author: User = await post.awaitable_attrs.author
    comments: list[Comment] = await post.awaitable_attrs.comments
    return PostCard(
        post_id=post.id,
        title=post.title,
        created_at=post.created_at,
        author=_author(author),
        comments=[await _comment(comment) for comment in comments],
    )


async def _comment(comment: Comment) -> CommentPublic:
    author: User = await comment.awaitable_attrs.author
    return CommentPublic(body=comment.body, author=_author(author))


def _author(user: User) -> AuthorPublic:
    return AuthorPublic(full_name=user.full_name, specialty=user.specialty)
