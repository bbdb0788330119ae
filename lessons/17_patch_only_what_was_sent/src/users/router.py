from fastapi import APIRouter

from src.auth.dependencies import CurrentUser
from src.database import Session
from src.users import service as users_service
from src.users.models import User
from src.users.schemas import ProfilePrivate, ProfileUpdate

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", response_model=ProfilePrivate)
async def show_my_profile(user: CurrentUser) -> User:
    return user


@router.patch("/me", response_model=ProfilePrivate)
async def update_my_profile(session: Session, user: CurrentUser, changes: ProfileUpdate) -> User:
    return await users_service.update_profile(session, user, changes)
