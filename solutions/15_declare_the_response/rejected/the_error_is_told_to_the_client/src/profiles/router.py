from fastapi import APIRouter, HTTPException, Response, status
from fastapi.encoders import jsonable_encoder
from pydantic import ValidationError

from src.profiles import service as profiles_service
from src.profiles.schemas import ProfilePublic

router = APIRouter(prefix="/profiles", tags=["profiles"])


@router.get("/{username}")
async def read_profile(username: str, response: Response) -> ProfilePublic:
    profile = await profiles_service.by_username(username)
    if profile is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "profile_not_found")
    response.headers["Cache-Control"] = "public, max-age=300"
    try:
        return ProfilePublic.model_validate(profile)
    except ValidationError as error:
        raise HTTPException(
            status.HTTP_500_INTERNAL_SERVER_ERROR, jsonable_encoder(error.errors())
        ) from error
