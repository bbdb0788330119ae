from pydantic import BaseModel


class Post(BaseModel):
    post_id: str
    title: str


class PostList(BaseModel):
    items: list[Post]
