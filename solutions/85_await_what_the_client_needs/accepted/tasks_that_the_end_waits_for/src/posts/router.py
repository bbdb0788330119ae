from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, status

from src.database import Session
from src.exceptions import PermissionDeniedError
from src.notifications import service as notifications_service
from src.posts import service as posts_service
from src.posts.schemas import LikePublic
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/posts", tags=["posts"])


@router.post("/{post_id}/like", status_code=status.HTTP_201_CREATED)
async def like_post(
    request: Request, session: Session, me: CurrentUser, tasks: BackgroundTasks, post_id: UUID
) -> LikePublic:
    redis = request.state.redis
    post = await posts_service.get(session, post_id)
    if me.verification_status == "suspended":
        text = f"{me.full_name} is suspended and tried to like {post.title!r}"
        request.state.later.create_task(notifications_service.tell(redis, "moderators", text))
        raise PermissionDeniedError
    like_count = await posts_service.like(session, me.id, post_id)
    if post.author_id != me.id:
        text = f"{me.full_name} likes {post.title!r}"
        tasks.add_task(notifications_service.tell, redis, str(post.author_id), text)
    return LikePublic(post_id=post_id, like_count=like_count)
