from uuid import UUID

from pydantic import BaseModel, Field

from src.schemas import Form


class ProfileForm(Form):
    full_name: str = Field(min_length=1, max_length=150)
    city: str = Field(default="", max_length=100)
    bio: str = Field(default="", max_length=2000)


class DirectoryQuery(Form):
    city: str = Field(default="", max_length=100)
    limit: int = Field(default=20, ge=1, le=100)


class ProfilePublic(ProfileForm):
    user_id: UUID


class Directory(BaseModel):
    items: list[ProfilePublic]
