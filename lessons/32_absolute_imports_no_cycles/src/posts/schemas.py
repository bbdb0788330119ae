from dataclasses import dataclass


@dataclass(frozen=True)
class Post:
    post_id: str
    author_id: str
    title: str
    body: str


@dataclass(frozen=True)
class PostCard:
    post_id: str
    title: str
    author_name: str | None
    snippet: str
