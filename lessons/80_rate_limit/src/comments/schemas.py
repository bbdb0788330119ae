from pydantic import BaseModel, Field


class NewComment(BaseModel):
    body: str = Field(min_length=1, max_length=2000)


class Comment(BaseModel):
    post_id: str
    author_id: str
    body: str


class CommentList(BaseModel):
    items: list[Comment]
