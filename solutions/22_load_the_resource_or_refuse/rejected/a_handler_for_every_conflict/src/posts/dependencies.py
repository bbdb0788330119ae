from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from src.database import Session
from src.exceptions import PermissionDeniedError
from src.posts import service as posts_service
from src.posts.constants import PostStatus
from src.posts.exceptions import PostNotFoundError
from src.posts.models import Post
from src.users.dependencies import CurrentUser


@dataclass(frozen=True)
class PostFor:
    authors_only: bool

    async def __call__(self, session: Session, me: CurrentUser, post_id: UUID) -> Post:
        post = await posts_service.find(session, post_id)
        mine = post is not None and post.author_id == me.id
        if post is None or (post.status == PostStatus.DRAFT and not mine):
            raise PostNotFoundError
        if self.authors_only and not mine:
            raise PermissionDeniedError
        return post


VisiblePost = Annotated[Post, Depends(PostFor(authors_only=False))]
OwnPost = Annotated[Post, Depends(PostFor(authors_only=True))]
