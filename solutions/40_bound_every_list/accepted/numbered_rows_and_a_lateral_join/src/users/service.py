from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.pagination import PageParams
from src.users.models import Follow, User


async def followers(session: AsyncSession, user_id: UUID, paging: PageParams) -> list[User]:
    position = func.row_number().over(order_by=(Follow.created_at.desc(), Follow.follower_id))
    numbered = (
        select(Follow.follower_id, position.label("position"))
        .where(Follow.followee_id == user_id)
        .subquery()
    )
    users = await session.scalars(
        select(User)
        .join(numbered, numbered.c.follower_id == User.user_id)
        .where(numbered.c.position > paging.offset)
        .where(numbered.c.position <= paging.offset + paging.page_size)
        .order_by(numbered.c.position)
    )
    return list(users)
