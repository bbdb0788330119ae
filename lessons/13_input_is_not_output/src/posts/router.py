from typing import Annotated

from fastapi import APIRouter, Query

from src.database import Session
from src.posts import service as posts_service
from src.posts.models import Post
from src.posts.schemas import PostPage

router = APIRouter(prefix="/posts", tags=["posts"])


@router.get("", response_model=PostPage)
async def list_posts(
    session: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> dict[str, list[Post]]:
    return {"items": await posts_service.latest_posts(session, limit)}
