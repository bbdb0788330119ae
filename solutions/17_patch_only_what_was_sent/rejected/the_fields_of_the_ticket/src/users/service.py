from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import ProfileUpdate


async def update_profile(session: AsyncSession, user: User, changes: ProfileUpdate) -> User:
    for field, value in changes.model_dump(exclude_none=True, exclude={"notifications"}).items():
        if value != "keep":
            setattr(user, field, value)
    user.city = None if changes.city is None else user.city
    user.phone_number = None if changes.phone_number is None else user.phone_number
    if changes.notifications:
        sent = changes.notifications.model_dump(exclude_unset=True)
        user.notifications = user.notifications | sent
    await session.flush()
    return user
