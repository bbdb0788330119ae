from fastapi import APIRouter, HTTPException, Response, status

from src.profiles import service as profiles_service
from src.profiles.schemas import ProfilePublic

router = APIRouter(prefix="/profiles", tags=["profiles"])


@router.get("/{username}")
async def read_profile(username: str, response: Response) -> ProfilePublic:
    profile = await profiles_service.by_username(username)
    if profile is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "profile_not_found")
    response.headers["Cache-Control"] = "public, max-age=300"
    return ProfilePublic.model_validate(profile)
