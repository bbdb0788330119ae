from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, HTTPException

from src.database import Session
from src.users.models import User


async def current_user(session: Session, x_user_id: Annotated[UUID, Header()]) -> User:
    # The gateway has checked the token; it passes on whose it is.
    user = await session.get(User, x_user_id)
    if user is None:
        raise HTTPException(401, "not_authenticated")
    return user


CurrentUser = Annotated[User, Depends(current_user)]
