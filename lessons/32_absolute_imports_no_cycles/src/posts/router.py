from typing import Annotated

from fastapi import APIRouter, Header, HTTPException

from src.notifications.schemas import Notification
from src.posts import service as posts_service
from src.posts.schemas import PostCard
from src.users import service as users_service

router = APIRouter(prefix="/posts", tags=["posts"])


@router.get("/{post_id}")
async def get_post(post_id: str) -> PostCard:
    post = posts_service.find_post(post_id)
    if post is None:
        raise HTTPException(404, "post_not_found")
    return posts_service.make_card(post)


@router.post("/{post_id}/like")
async def like(post_id: str, x_user_id: Annotated[str, Header()]) -> Notification:
    # The gateway has checked the token; it passes on whose it is.
    liker = users_service.find_user(x_user_id)
    if liker is None:
        raise HTTPException(401, "not_authenticated")
    post = posts_service.find_post(post_id)
    if post is None:
        raise HTTPException(404, "post_not_found")
    return posts_service.like(post, liker)
