from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header

from src.dependencies import Session
from src.exceptions import NotAuthenticatedError
from src.users.models import User


async def current_user(
    session: Session, x_user_id: Annotated[UUID | None, Header()] = None
) -> User:
    # The gateway has checked the token; it passes on whose it is.
    user = await session.get(User, x_user_id) if x_user_id else None
    if user is None:
        raise NotAuthenticatedError
    return user


CurrentUser = Annotated[User, Depends(current_user)]
