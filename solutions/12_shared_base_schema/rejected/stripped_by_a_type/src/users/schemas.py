from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from src.schemas import Form

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class ProfileForm(Form):
    full_name: Text = Field(min_length=1, max_length=150)
    city: Text = Field(default="", max_length=100)
    bio: Text = Field(default="", max_length=2000)


class DirectoryQuery(Form):
    city: Text = Field(default="", max_length=100)
    limit: int = Field(default=20, ge=1, le=100)


class ProfilePublic(BaseModel):
    user_id: UUID
    full_name: str
    city: str
    bio: str


class Directory(BaseModel):
    items: list[ProfilePublic]
