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


async def visible_post(session: Session, me: CurrentUser, post_id: UUID) -> Post:
    post = await posts_service.find(session, post_id)
    if post is None or (post.status == PostStatus.DRAFT and post.author_id != me.id):
        raise PostNotFoundError
    return post


VisiblePost = Annotated[Post, Depends(visible_post)]


async def own_post(me: CurrentUser, post: VisiblePost) -> Post:
    if post.author_id != me.id:
        raise PermissionDeniedError
    return post


OwnPost = Annotated[Post, Depends(own_post)]
