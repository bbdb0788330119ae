from fastapi import APIRouter, Depends

from src.database import Session
from src.posts import service as posts_service
from src.posts.dependencies import OwnPost, VisiblePost
from src.posts.models import Post, PostVersion
from src.posts.schemas import BookmarkPublic, PostEdit, PostPublic, VersionPage
from src.users.dependencies import CurrentUser, current_user

router = APIRouter(prefix="/posts/{post_id}", tags=["posts"], dependencies=[Depends(current_user)])


@router.get("", response_model=PostPublic)
async def read_post(post: VisiblePost) -> Post:
    return post


@router.patch("", response_model=PostPublic)
async def edit_post(session: Session, post: OwnPost, data: PostEdit) -> Post:
    return await posts_service.edit(session, post, data.body)


@router.delete("", status_code=204)
async def remove_post(session: Session, post: OwnPost) -> None:
    await posts_service.remove(session, post)


@router.post("/publish", response_model=PostPublic)
async def publish_post(session: Session, post: OwnPost) -> Post:
    return await posts_service.publish(session, post)


@router.get("/versions", response_model=VersionPage)
async def list_versions(session: Session, post: OwnPost) -> dict[str, list[PostVersion]]:
    return {"items": await posts_service.versions(session, post.post_id)}


@router.post("/bookmark", status_code=201)
async def add_bookmark(session: Session, me: CurrentUser, post: VisiblePost) -> BookmarkPublic:
    await posts_service.bookmark(session, me.id, post.post_id)
    return BookmarkPublic(post_id=post.post_id)


@router.delete("/bookmark", status_code=204)
async def remove_bookmark(session: Session, me: CurrentUser, post: VisiblePost) -> None:
    await posts_service.remove_bookmark(session, me.id, post.post_id)
