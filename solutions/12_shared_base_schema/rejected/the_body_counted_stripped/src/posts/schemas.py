from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, ValidatorFunctionWrapHandler, field_validator

from src.posts.constants import PostVisibility
from src.schemas import Form

Title = Annotated[str, Field(max_length=300)]
Markdown = Annotated[str, Field(min_length=1, max_length=5000)]
Hashtag = Annotated[str, Field(min_length=1, max_length=50)]


class LinkForm(Form):
    label: str = Field(min_length=1, max_length=100)
    path: str = Field(pattern=r"^/[\w/-]+$", max_length=200)


class PostForm(Form):
    title: Title = ""
    body: Markdown
    visibility: PostVisibility = PostVisibility.PUBLIC
    hashtags: list[Hashtag] = Field(default=[], max_length=30)
    links: list[LinkForm] = Field(default=[], max_length=10)

    @field_validator("body", mode="wrap")
    @classmethod
    def keep_blanks(cls, value: str, handler: ValidatorFunctionWrapHandler) -> str:
        handler(value)
        return value


class LinkPublic(BaseModel):
    label: str
    path: str


class PostPublic(BaseModel):
    post_id: UUID
    author_id: UUID
    title: str
    body: str
    visibility: PostVisibility
    hashtags: list[str]
    links: list[LinkPublic]
