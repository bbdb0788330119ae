from uuid import UUID

from fastapi import APIRouter, HTTPException, status

from src.database import Session
from src.pagination import Paging
from src.posts import service as posts_service
from src.posts.models import Comment
from src.posts.schemas import ChannelPublic, CommentList

router = APIRouter(tags=["posts"])


@router.get("/posts/{post_id}/comments", response_model=CommentList)
async def list_comments(
    session: Session, post_id: UUID, paging: Paging
) -> dict[str, list[Comment]]:
    return {"items": await posts_service.post_comments(session, post_id, paging)}


@router.get("/channels/{slug}")
async def get_channel(session: Session, slug: str) -> ChannelPublic:
    channel = await posts_service.channel_page(session, slug)
    if channel is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "channel_not_found")
    return channel
