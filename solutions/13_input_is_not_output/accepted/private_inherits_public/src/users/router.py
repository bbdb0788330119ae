from typing import Annotated

from fastapi import APIRouter, Query, status

from src.database import Session
from src.users import service as users_service
from src.users.dependencies import CurrentUser
from src.users.models import User
from src.users.schemas import UserCreate, UserPage, UserPrivate, UserPublic, UserUpdate

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", response_model=UserPublic, status_code=status.HTTP_201_CREATED)
async def register(session: Session, data: UserCreate) -> UserPrivate:
    user = await users_service.register(session, data)
    return UserPrivate.model_validate(user, from_attributes=True)


@router.get("", response_model=UserPage)
async def list_users(
    session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, list[User]]:
    return {"items": await users_service.directory(session, limit)}


@router.patch("/me", response_model=UserPublic)
async def update_me(session: Session, me: CurrentUser, changes: UserUpdate) -> UserPrivate:
    user = await users_service.update_profile(session, me, changes)
    return UserPrivate.model_validate(user, from_attributes=True)
