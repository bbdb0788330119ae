from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.users.models import User
from src.users.schemas import UserCreate, UserUpdate
from src.users.utils import hash_password


async def register(session: AsyncSession, data: UserCreate) -> User:
    columns = data.model_dump(exclude={"password"})
    user = User(**columns, password_hash=await hash_password(data.password))
    session.add(user)
    await session.flush()
    return user


async def update_profile(session: AsyncSession, user: User, changes: UserUpdate) -> User:
    for field, value in changes.model_dump(exclude_unset=True).items():
        setattr(user, field, value)
    await session.flush()
    return user


async def directory(session: AsyncSession, limit: int) -> list[User]:
    users = await session.scalars(select(User).order_by(User.full_name, User.user_id).limit(limit))
    return list(users)
