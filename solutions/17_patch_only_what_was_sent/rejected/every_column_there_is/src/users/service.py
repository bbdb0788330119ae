from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import ProfileUpdate


async def update_profile(session: AsyncSession, user: User, changes: ProfileUpdate) -> User:
    sent = changes.model_dump(exclude_unset=True)
    if "notifications" in sent:
        sent["notifications"] = user.notifications | sent["notifications"]
    for field, value in sent.items():
        setattr(user, field, value)
    await session.flush()
    return user
