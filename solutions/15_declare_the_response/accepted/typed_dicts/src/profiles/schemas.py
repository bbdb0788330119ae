from uuid import UUID

from typing_extensions import TypedDict


class AuthorPublic(TypedDict):
    user_id: UUID
    full_name: str
    is_verified: bool


class ProfilePublic(AuthorPublic):
    username: str
    specialty: str | None
