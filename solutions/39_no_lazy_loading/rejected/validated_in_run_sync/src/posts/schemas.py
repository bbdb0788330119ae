from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ChannelTag(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    slug: str
    name: str


class PostPublic(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    post_id: UUID
    title: str
    created_at: datetime
    updated_at: datetime
    channel: ChannelTag | None


class PostList(BaseModel):
    items: list[PostPublic]


class PostCreate(BaseModel):
    title: str = Field(min_length=1, max_length=300)
    channel_slug: str | None = Field(default=None, max_length=150)


class PostUpdate(BaseModel):
    title: str = Field(min_length=1, max_length=300)
