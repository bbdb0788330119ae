from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, HTTPException, status

from src.database import Session
from src.users.models import User


# The gateway has checked the token; it passes on whose it is.
async def get_current_user(
    session: Session, user_id: Annotated[UUID, Header(alias="X-User-Id")]
) -> User:
    user = await session.get(User, user_id)
    if user is None:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "not_authenticated")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]
