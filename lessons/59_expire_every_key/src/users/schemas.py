from uuid import UUID

from pydantic import BaseModel


class UserPublic(BaseModel):
    user_id: UUID
    full_name: str
    specialty: str
    city: str


class UserUpdate(BaseModel):
    specialty: str
    city: str


class UserList(BaseModel):
    items: list[UserPublic]
