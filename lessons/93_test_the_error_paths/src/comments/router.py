from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, status

from src.auth.dependencies import Active, SignedIn
from src.comments import schemas
from src.comments.service import Comment, CommentService

router = APIRouter(tags=["comments"])


async def comment_service(request: Request) -> CommentService:
    service: CommentService = request.app.state.comments
    return service


Comments = Annotated[CommentService, Depends(comment_service)]


@router.get("/posts/{post_id}/comments", response_model=schemas.CommentList)
async def list_comments(post_id: UUID, _: SignedIn, comments: Comments) -> dict[str, list[Comment]]:
    return {"items": comments.of_post(post_id)}


@router.post(
    "/posts/{post_id}/comments",
    response_model=schemas.Comment,
    status_code=status.HTTP_201_CREATED,
)
async def add_comment(
    post_id: UUID, new: schemas.NewComment, doctor: Active, comments: Comments
) -> Comment:
    return comments.add(doctor, post_id, new.body)


@router.delete("/comments/{comment_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_comment(comment_id: UUID, doctor: Active, comments: Comments) -> None:
    comments.remove(doctor, comment_id)
