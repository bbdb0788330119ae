from fastapi import APIRouter, HTTPException, Request

from src.auth import service as auth_service
from src.auth.dependencies import describe_session
from src.auth.schemas import Refresh, Session

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/refresh")
async def refresh(data: Refresh, request: Request) -> Session:
    full_name = auth_service.find_by_refresh_token(data.refresh_token)
    if full_name is None:
        raise HTTPException(401, "not_authenticated")
    return describe_session(full_name, request)
