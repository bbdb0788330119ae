from fastapi import APIRouter, HTTPException

from src.profiles import service as profiles_service
from src.users import service as users_service
from src.users.schemas import Profile

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/{user_id}")
async def get_profile(user_id: str) -> Profile:
    user = users_service.find_user(user_id)
    if user is None:
        raise HTTPException(404, "user_not_found")
    return profiles_service.get_profile(user)
