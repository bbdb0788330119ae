from typing import Any

from src.profiles.models import PublicProfile


async def by_username(username: str) -> dict[str, Any] | None:
    profiles = PublicProfile.get_pymongo_collection()
    return await profiles.find_one({"username": username}, {"_id": False})
