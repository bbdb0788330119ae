from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header
from sqlalchemy import update

from src.auth.models import AdminSession, User
from src.database import Session
from src.exceptions import NotAuthenticatedError

Token = Annotated[str, Header(alias="X-Admin-Token")]


async def get_current_user(session: Session, token: Token = "") -> User:
    # A token is good for a number of requests; then the admin enters her password again.
    spend_one = (
        update(AdminSession)
        .where(AdminSession.token_hash == sha256(token.encode()).hexdigest())
        .where(AdminSession.requests_left > 0)
        .values(requests_left=AdminSession.requests_left - 1)
        .returning(AdminSession.user_id)
    )
    user_id = await session.scalar(spend_one)
    if user_id is None:
        raise NotAuthenticatedError
    return await session.get_one(User, user_id)


CurrentUser = Annotated[User, Depends(get_current_user)]
