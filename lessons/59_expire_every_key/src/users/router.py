from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, status

from src.dependencies import CurrentUserId, Identities, RedisClient
from src.rate_limit import within_limit
from src.users import service as users_service
from src.users.schemas import UserList, UserPublic, UserUpdate

router = APIRouter(tags=["users"])

UserIds = Annotated[list[UUID], Query(alias="user_id", min_length=1, max_length=50)]


@router.get("/users")
async def list_users(redis: RedisClient, directory: Identities, user_ids: UserIds) -> UserList:
    return UserList(items=await users_service.get_users(redis, directory, user_ids))


@router.get("/users/{user_id}")
async def get_user(redis: RedisClient, directory: Identities, user_id: UUID) -> UserPublic:
    return _found(await users_service.get_user(redis, directory, user_id))


@router.patch("/users/me")
async def update_me(
    redis: RedisClient, directory: Identities, user_id: CurrentUserId, change: UserUpdate
) -> UserPublic:
    if not await within_limit(redis, "profile", str(user_id), limit=5, seconds=60):
        raise HTTPException(status.HTTP_429_TOO_MANY_REQUESTS, "rate_limited")
    return _found(await users_service.update_user(redis, directory, user_id, change))


def _found(user: UserPublic | None) -> UserPublic:
    if user is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "user_not_found")
    return user
