from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from src.users.schemas import UserPublic


class PostCard(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    post_id: UUID
    title: str
    created_at: datetime
    author: UserPublic


class PostPage(BaseModel):
    items: list[PostCard]
