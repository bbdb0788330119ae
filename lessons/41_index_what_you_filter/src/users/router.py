from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, status

from src.database import Session
from src.users import service as users_service
from src.users.models import User
from src.users.schemas import UserFound

router = APIRouter(tags=["users"])


@router.get("/users", response_model=UserFound)
async def find_user(session: Session, email: Annotated[str, Query(max_length=255)]) -> User:
    user = await users_service.find_by_email(session, email)
    if user is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "user_not_found")
    return user
