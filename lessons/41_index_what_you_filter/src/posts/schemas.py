from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class PostCard(BaseModel):
    id: UUID
    title: str
    created_at: datetime


class PostPage(BaseModel):
    items: list[PostCard]
