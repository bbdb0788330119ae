from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import DirectoryQuery, ProfileForm


async def replace_profile(session: AsyncSession, user: User, form: ProfileForm) -> User:
    for field, value in form.model_dump().items():
        setattr(user, field, value)
    await session.flush()
    return user


async def list_doctors(session: AsyncSession, query: DirectoryQuery) -> list[User]:
    doctors = select(User).order_by(User.full_name, User.user_id).limit(query.limit)
    if query.city:
        doctors = doctors.where(User.city == query.city)
    return list(await session.scalars(doctors))
