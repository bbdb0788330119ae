from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from uuid import UUID, uuid4

from src.auth.schemas import Doctor
from src.exceptions import (
    CommentNotFoundError,
    PermissionDeniedError,
    PostNotFoundError,
    RateLimitedError,
)

LIMIT = 5
WINDOW = 60.0  # seconds

_POSTS = frozenset({UUID("5e0c9a52-7c1d-4f0e-9a44-0000000000a1")})


@dataclass(frozen=True)
class Comment:
    comment_id: UUID
    post_id: UUID
    author_id: str
    author: str
    body: str


class CommentService:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._comments: dict[UUID, Comment] = {}
        self._written: defaultdict[str, deque[float]] = defaultdict(deque)

    def of_post(self, post_id: UUID) -> list[Comment]:
        _demand_post(post_id)
        return [comment for comment in self._comments.values() if comment.post_id == post_id]

    def add(self, doctor: Doctor, post_id: UUID, body: str) -> Comment:
        _demand_post(post_id)
        self._demand_patience(doctor)
        comment = Comment(uuid4(), post_id, doctor.user_id, doctor.full_name, body)
        self._comments[comment.comment_id] = comment
        return comment

    def remove(self, doctor: Doctor, comment_id: UUID) -> None:
        comment = self._comments.get(comment_id)
        if comment is None:
            raise CommentNotFoundError
        if doctor.user_id != comment.author_id and not doctor.is_admin:
            raise PermissionDeniedError
        del self._comments[comment_id]

    def _demand_patience(self, doctor: Doctor) -> None:
        now = self._clock()
        written = self._written[doctor.user_id]
        while written and written[0] + WINDOW <= now:
            written.popleft()
        if len(written) >= LIMIT:
            raise RateLimitedError(retry_after=ceil(written[0] + WINDOW - now))
        written.append(now)


def _demand_post(post_id: UUID) -> None:
    if post_id not in _POSTS:
        raise PostNotFoundError
