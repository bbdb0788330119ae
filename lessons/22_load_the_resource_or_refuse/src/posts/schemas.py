from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class PostEdit(BaseModel):
    body: str = Field(min_length=1, max_length=5000)


class PostPublic(BaseModel):
    post_id: UUID
    author_id: UUID
    title: str
    body: str
    status: str


class VersionPublic(BaseModel):
    body: str
    created_at: datetime


class VersionPage(BaseModel):
    items: list[VersionPublic]


class BookmarkPublic(BaseModel):
    post_id: UUID
