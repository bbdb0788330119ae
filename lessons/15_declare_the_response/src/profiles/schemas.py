from uuid import UUID

from pydantic import BaseModel


class AuthorPublic(BaseModel):
    user_id: UUID
    full_name: str
    is_verified: bool


class ProfilePublic(AuthorPublic):
    username: str
    specialty: str | None = None
