from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from src.auth.dependencies import CurrentUser
from src.database import Session
from src.users import service as users_service
from src.users.models import User
from src.users.schemas import ProfilePrivate

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", response_model=ProfilePrivate)
async def show_my_profile(user: CurrentUser) -> User:
    return user


@router.patch("/me", response_model=ProfilePrivate)
async def update_my_profile(session: Session, user: CurrentUser, patch: dict[str, Any]) -> User:
    try:
        profile = users_service.changed(user, patch)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return await users_service.update_profile(session, user, profile)
