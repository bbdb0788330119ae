from src.profiles.models import PublicProfile
from src.profiles.schemas import ProfilePublic


async def by_username(username: str) -> ProfilePublic | None:
    return await PublicProfile.find_one({"username": username}).project(ProfilePublic)
