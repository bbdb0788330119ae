from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class AuthorPublic(BaseModel):
    full_name: str
    specialty: str | None


class CommentPublic(BaseModel):
    body: str
    author: AuthorPublic


class PostCard(BaseModel):
    post_id: UUID
    title: str
    created_at: datetime
    author: AuthorPublic
    comments: list[CommentPublic]


class PostPage(BaseModel):
    items: list[PostCard]
