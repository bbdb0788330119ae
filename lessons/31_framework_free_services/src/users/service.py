from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User


async def list_associations(session: AsyncSession) -> list[UUID]:
    found = await session.scalars(
        select(User.id).where(User.profession == "association").order_by(User.id)
    )
    return list(found)
