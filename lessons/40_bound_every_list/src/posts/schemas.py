from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class CommentPublic(BaseModel):
    comment_id: UUID
    body: str
    created_at: datetime


class CommentList(BaseModel):
    items: list[CommentPublic]


class PostTitle(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    post_id: UUID
    title: str


class ChannelPublic(BaseModel):
    slug: str
    name: str
    latest_posts: list[PostTitle]
