from fastapi import APIRouter, status

from src.auth.dependencies import CurrentUser
from src.database import Session
from src.posts import service as posts_service
from src.posts.models import Post
from src.posts.schemas import PostForm, PostPublic

router = APIRouter(prefix="/posts", tags=["posts"])


@router.post("", response_model=PostPublic, status_code=status.HTTP_201_CREATED)
async def create_post(session: Session, user: CurrentUser, form: PostForm) -> Post:
    return await posts_service.create_post(session, user.user_id, form)
