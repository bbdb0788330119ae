from uuid import UUID

from pydantic import BaseModel


class UserCard(BaseModel):
    user_id: UUID
    full_name: str
    specialty: str | None


class FollowerList(BaseModel):
    items: list[UserCard]
