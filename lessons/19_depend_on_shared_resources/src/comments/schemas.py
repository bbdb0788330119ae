from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class CommentCreate(BaseModel):
    body: Annotated[str, Field(min_length=1, max_length=2000)]


class CommentRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    author_id: UUID
    body: str
    created_at: datetime


class CommentList(BaseModel):
    items: list[CommentRead]
