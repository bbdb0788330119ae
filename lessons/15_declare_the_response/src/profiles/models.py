from typing import Annotated
from uuid import UUID

from beanie import Document, Indexed


class PublicProfile(Document):
    user_id: Annotated[UUID, Indexed(unique=True)]
    username: Annotated[str, Indexed(unique=True)]
    full_name: str
    specialty: str | None = None
    is_verified: bool = False

    class Settings:
        name = "public_profiles"
