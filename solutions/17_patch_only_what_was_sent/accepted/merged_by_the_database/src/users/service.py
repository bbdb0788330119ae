from sqlalchemy import cast, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import ProfileUpdate


async def update_profile(session: AsyncSession, user: User, changes: ProfileUpdate) -> User:
    sent = changes.model_dump(exclude_unset=True)
    if settings := sent.pop("notifications", None):
        sent["notifications"] = User.notifications.concat(cast(settings, JSONB))
    if sent:
        await session.execute(update(User).where(User.user_id == user.user_id).values(sent))
        await session.refresh(user)
    return user
