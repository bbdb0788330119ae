from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import ProfileUpdate


async def update_profile(session: AsyncSession, user: User, changes: ProfileUpdate) -> User:
    for field in changes.model_fields_set:
        setattr(user, field, changes.model_dump()[field])
    await session.flush()
    return user
