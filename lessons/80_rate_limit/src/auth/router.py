from fastapi import APIRouter, Depends

from src.auth import service as auth_service
from src.auth.schemas import Credentials, Session
from src.dependencies import RedisClient, limit_logins

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/login", dependencies=[Depends(limit_logins)])
async def log_in(redis: RedisClient, credentials: Credentials) -> Session:
    return await auth_service.log_in(redis, credentials)
