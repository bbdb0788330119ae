from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.posts.models import Post
from src.posts.schemas import PostForm


async def create_post(session: AsyncSession, author_id: UUID, form: PostForm) -> Post:
    post = Post(author_id=author_id, **form.model_dump())
    session.add(post)
    await session.flush()
    return post
