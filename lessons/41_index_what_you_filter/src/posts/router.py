from typing import Annotated

from fastapi import APIRouter, Query

from src.database import Session
from src.posts import service as posts_service
from src.posts.models import Post
from src.posts.schemas import PostPage

router = APIRouter(tags=["posts"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/channels/{slug}/posts", response_model=PostPage)
async def list_channel_posts(
    session: Session, slug: str, limit: Limit = 20
) -> dict[str, list[Post]]:
    return {"items": await posts_service.channel_posts(session, slug, limit)}
