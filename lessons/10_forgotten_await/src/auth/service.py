from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User

_MODERATING = {"admin", "moderator"}


async def may_moderate(session: AsyncSession, user_id: UUID) -> bool:
    roles = await session.scalar(select(User.roles).where(User.id == user_id))
    return not _MODERATING.isdisjoint(roles or [])
