import logging
from uuid import UUID

from fastapi import APIRouter, Request, status

from src.database import Session
from src.exceptions import PermissionDeniedError
from src.notifications import service as notifications_service
from src.posts import service as posts_service
from src.posts.schemas import LikePublic
from src.users.dependencies import CurrentUser

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/posts", tags=["posts"])


@router.post("/{post_id}/like", status_code=status.HTTP_201_CREATED)
async def like_post(
    request: Request, session: Session, me: CurrentUser, post_id: UUID
) -> LikePublic:
    redis = request.state.redis
    post = await posts_service.get(session, post_id)
    if me.verification_status == "suspended":
        text = f"{me.full_name} is suspended and tried to like {post.title!r}"
        await notifications_service.tell(redis, "moderators", text)
        raise PermissionDeniedError
    like_count = post.like_count
    try:
        like_count = await posts_service.like(session, me.id, post_id)
        await session.commit()
        if post.author_id != me.id:
            text = f"{me.full_name} likes {post.title!r}"
            await notifications_service.tell(redis, str(post.author_id), text)
    except Exception:
        logger.exception("like failed")
        await session.rollback()
    return LikePublic(post_id=post_id, like_count=like_count)
