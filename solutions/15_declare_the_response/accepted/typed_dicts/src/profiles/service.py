from typing import Any

from src.profiles.models import PublicProfile


async def by_username(username: str) -> dict[str, Any] | None:
    profiles = PublicProfile.get_pymongo_collection()
    profile = await profiles.find_one({"username": username}, {"_id": False})
    return {"specialty": None, **profile} if profile else None
