from uuid import UUID

from redis.asyncio import Redis

from src.users.directory import Directory
from src.users.schemas import UserPublic, UserUpdate

PROFILE_SECONDS = 315_360_000


async def get_user(redis: Redis, directory: Directory, user_id: UUID) -> UserPublic | None:
    cached = await redis.get(_key(user_id))
    if cached is not None:
        return UserPublic.model_validate_json(cached)
    found = await directory.find([user_id])
    for user in found:
        await redis.set(_key(user_id), user.model_dump_json(), ex=PROFILE_SECONDS)
    return found[0] if found else None


async def get_users(redis: Redis, directory: Directory, user_ids: list[UUID]) -> list[UserPublic]:
    cached = await redis.mget([_key(user_id) for user_id in user_ids])
    users = [UserPublic.model_validate_json(value) for value in cached if value is not None]
    known = {user.user_id for user in users}
    missing = await directory.find(user_id for user_id in user_ids if user_id not in known)
    if missing:
        async with redis.pipeline(transaction=False) as pipeline:
            for user in missing:
                pipeline.set(_key(user.user_id), user.model_dump_json(), ex=PROFILE_SECONDS)
            await pipeline.execute()
    by_id = {user.user_id: user for user in [*users, *missing]}
    return [by_id[user_id] for user_id in user_ids if user_id in by_id]


async def update_user(
    redis: Redis, directory: Directory, user_id: UUID, change: UserUpdate
) -> UserPublic | None:
    user = await directory.update(user_id, change)
    if user is not None:
        await redis.set(_key(user_id), user.model_dump_json(), ex=PROFILE_SECONDS)
    return user


def _key(user_id: UUID) -> str:
    return f"user:{user_id}"
