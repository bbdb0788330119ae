from typing import Annotated

from fastapi import APIRouter, Query

from src.auth.dependencies import CurrentUser
from src.database import Session
from src.users import service as users_service
from src.users.models import User
from src.users.schemas import Directory, DirectoryQuery, ProfileForm, ProfilePublic

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", response_model=Directory)
async def list_doctors(
    session: Session, query: Annotated[DirectoryQuery, Query()]
) -> dict[str, list[User]]:
    return {"items": await users_service.list_doctors(session, query)}


@router.put("/me", response_model=ProfilePublic)
async def replace_my_profile(session: Session, user: CurrentUser, form: ProfileForm) -> User:
    return await users_service.replace_profile(session, user, form)
