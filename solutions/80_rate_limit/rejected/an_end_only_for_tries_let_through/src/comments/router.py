from fastapi import APIRouter, Depends, status

from src.comments import service as comments_service
from src.comments.schemas import Comment, CommentList, NewComment
from src.dependencies import CurrentUser, RedisClient, limit_comments

router = APIRouter(prefix="/posts/{post_id}/comments", tags=["comments"])


@router.get("")
async def list_comments(redis: RedisClient, post_id: str) -> CommentList:
    return await comments_service.latest(redis, post_id)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[Depends(limit_comments)])
async def write_comment(
    redis: RedisClient, user_id: CurrentUser, post_id: str, new: NewComment
) -> Comment:
    comment = Comment(post_id=post_id, author_id=user_id, body=new.body)
    return await comments_service.add(redis, comment)
