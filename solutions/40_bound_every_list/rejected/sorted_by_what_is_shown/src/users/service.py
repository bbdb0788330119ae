from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.pagination import PageParams
from src.users.models import Follow, User


async def followers(session: AsyncSession, user_id: UUID, paging: PageParams) -> list[User]:
    users = await session.scalars(
        select(User)
        .join(Follow, Follow.follower_id == User.user_id)
        .where(Follow.followee_id == user_id)
        .order_by(Follow.created_at.desc(), User.full_name)
        .limit(paging.page_size)
        .offset(paging.offset)
    )
    return list(users)
