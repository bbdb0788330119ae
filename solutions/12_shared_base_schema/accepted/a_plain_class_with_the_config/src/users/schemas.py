from uuid import UUID

from pydantic import BaseModel, Field

from src.schemas import Form


class ProfileForm(Form, BaseModel):
    full_name: str = Field(min_length=1, max_length=150)
    city: str = Field(default="", max_length=100)
    bio: str = Field(default="", max_length=2000)


class DirectoryQuery(Form, BaseModel):
    city: str = Field(default="", max_length=100)
    limit: int = Field(default=20, ge=1, le=100)


class ProfilePublic(BaseModel):
    user_id: UUID
    full_name: str
    city: str
    bio: str


class Directory(BaseModel):
    items: list[ProfilePublic]
