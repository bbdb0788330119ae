from uuid import UUID

from fastapi import APIRouter, status

from src.comments import service as comments_service
from src.comments.models import Comment
from src.comments.schemas import CommentCreate, CommentList, CommentRead
from src.database import Session
from src.dependencies import RedisClient, UserId

router = APIRouter(prefix="/posts/{post_id}/comments", tags=["comments"])


@router.get("")
async def list_comments(session: Session, post_id: UUID) -> CommentList:
    comments = await comments_service.latest(session, post_id)
    return CommentList(items=[CommentRead.model_validate(comment) for comment in comments])


@router.post("", status_code=status.HTTP_201_CREATED, response_model=CommentRead)
async def write_comment(
    session: Session, redis: RedisClient, user_id: UserId, post_id: UUID, data: CommentCreate
) -> Comment:
    return await comments_service.add(session, redis, post_id, user_id, data.body)
