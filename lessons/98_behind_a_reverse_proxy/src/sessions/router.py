from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from src.auth import service as auth_service
from src.auth.dependencies import describe_session
from src.auth.schemas import Session

router = APIRouter(prefix="/sessions", tags=["sessions"])

Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


@router.get("/current")
async def current_session(bearer: Bearer, request: Request) -> Session:
    full_name = auth_service.find_by_access_token(bearer.credentials)
    if full_name is None:
        raise HTTPException(401, "not_authenticated")
    return describe_session(full_name, request)
