from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import ProfileUpdate


async def update_profile(session: AsyncSession, user: User, changes: ProfileUpdate) -> User:
    for field in changes.model_fields_set - {"notifications"}:
        setattr(user, field, getattr(changes, field) or None)
    if changes.notifications:
        sent = changes.notifications.model_dump(exclude_unset=True)
        user.notifications = user.notifications | sent
    await session.flush()
    return user
