from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewComment(BaseModel):
    body: Body


class Comment(BaseModel):
    comment_id: UUID
    author: str
    body: str


class CommentList(BaseModel):
    items: list[Comment]
