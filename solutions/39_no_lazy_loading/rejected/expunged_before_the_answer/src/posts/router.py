from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from src.database import Session
from src.dependencies import CurrentUserId, ExistingChannel
from src.posts import service as posts_service
from src.posts.models import Post
from src.posts.schemas import PostCreate, PostList, PostPublic, PostUpdate

router = APIRouter(prefix="/posts", tags=["posts"])
channel_router = APIRouter(prefix="/channels/{slug}/posts", tags=["posts"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", response_model=PostList)
async def list_posts(session: Session, limit: Limit = 20) -> dict[str, list[Post]]:
    posts = await posts_service.latest(session, limit)
    session.expunge_all()
    return {"items": posts}


@router.post("", status_code=201, response_model=PostPublic)
async def create_post(session: Session, me: CurrentUserId, data: PostCreate) -> Post:
    post = await posts_service.create(session, me, data)
    session.expunge(post)
    return post


@router.get("/{post_id}", response_model=PostPublic)
async def read_post(session: Session, post_id: UUID) -> Post:
    post = await posts_service.get(session, post_id)
    session.expunge(post)
    return post


@router.patch("/{post_id}", response_model=PostPublic)
async def rename_post(session: Session, me: CurrentUserId, post_id: UUID, data: PostUpdate) -> Post:
    post = await posts_service.rename(session, me, post_id, data)
    session.expunge(post)
    return post


@channel_router.get("", response_model=PostList)
async def list_channel_posts(
    session: Session, channel: ExistingChannel, limit: Limit = 20
) -> dict[str, list[Post]]:
    posts = await posts_service.in_channel(session, channel, limit)
    session.expunge_all()
    return {"items": posts}


@channel_router.put("/{post_id}", response_model=PostPublic)
async def move_post(
    session: Session, me: CurrentUserId, channel: ExistingChannel, post_id: UUID
) -> Post:
    post = await posts_service.move(session, me, post_id, channel)
    session.expunge(post)
    return post
