from uuid import UUID

from fastapi import APIRouter

from src.database import Session
from src.pagination import Paging
from src.users import service as users_service
from src.users.models import User
from src.users.schemas import FollowerList

router = APIRouter(tags=["users"])


@router.get("/users/{user_id}/followers", response_model=FollowerList)
async def list_followers(session: Session, user_id: UUID, paging: Paging) -> dict[str, list[User]]:
    return {"items": await users_service.followers(session, user_id, paging)}
