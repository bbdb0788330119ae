from fastapi import APIRouter, HTTPException, status
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from src.profiles import service as profiles_service
from src.profiles.schemas import ProfilePublic

router = APIRouter(prefix="/profiles", tags=["profiles"])


@router.get("/{username}", response_model=ProfilePublic)
async def read_profile(username: str) -> JSONResponse:
    profile = await profiles_service.by_username(username)
    if profile is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "profile_not_found")
    return JSONResponse(jsonable_encoder(profile), headers={"Cache-Control": "public, max-age=300"})
