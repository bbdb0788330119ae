from typing import Annotated

from fastapi import APIRouter, Query, status

from src.database import Session
from src.users import service as users_service
from src.users.dependencies import CurrentUser
from src.users.models import User
from src.users.schemas import UserPage, UserSchema

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", response_model=UserSchema, status_code=status.HTTP_201_CREATED)
async def register(session: Session, data: UserSchema) -> User:
    return await users_service.register(session, data)


@router.get("", response_model=UserPage)
async def list_users(
    session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, list[User]]:
    return {"items": await users_service.directory(session, limit)}


@router.patch("/me", response_model=UserSchema)
async def update_me(session: Session, me: CurrentUser, changes: UserSchema) -> User:
    return await users_service.update_profile(session, me, changes)
