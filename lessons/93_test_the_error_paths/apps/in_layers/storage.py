from typing import NamedTuple
from uuid import UUID, uuid4

from src.refusals import Refusal


class Line(NamedTuple):
    comment_id: UUID
    author: str
    body: str


class Storage:
    def __init__(self) -> None:
        self.posts: dict[UUID, list[Line]] = {UUID("5e0c9a52-7c1d-4f0e-9a44-0000000000a1"): []}

    def of(self, post_id: UUID) -> list[Line]:
        if post_id not in self.posts:
            raise Refusal("post_not_found")
        return self.posts[post_id]

    def append(self, post_id: UUID, author: str, body: str) -> Line:
        line = Line(uuid4(), author, body)
        self.of(post_id).append(line)
        return line

    def find(self, comment_id: UUID) -> Line:
        for lines in self.posts.values():
            for line in lines:
                if line.comment_id == comment_id:
                    return line
        raise Refusal("comment_not_found")

    def drop(self, line: Line) -> None:
        for lines in self.posts.values():
            if line in lines:
                lines.remove(line)
