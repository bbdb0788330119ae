from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import Profile


def changed(user: User, patch: dict[str, Any]) -> Profile:
    before = Profile.model_validate(user).model_dump()
    return Profile.model_validate(_merged(before, patch))


async def update_profile(session: AsyncSession, user: User, profile: Profile) -> User:
    for field, value in profile.model_dump().items():
        setattr(user, field, value)
    await session.flush()
    return user


def _merged(before: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    inner = {
        field: _merged(before[field], value)
        for field, value in patch.items()
        if isinstance(value, dict) and isinstance(before.get(field), dict)
    }
    return before | patch | inner
