from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from src.database import Session
from src.dependencies import CurrentUserId, ExistingChannel
from src.posts import service as posts_service
from src.posts.schemas import PostCreate, PostList, PostPublic, PostUpdate

router = APIRouter(prefix="/posts", tags=["posts"])
channel_router = APIRouter(prefix="/channels/{slug}/posts", tags=["posts"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def list_posts(session: Session, limit: Limit = 20) -> PostList:
    posts = await posts_service.latest(session, limit)
    return await session.run_sync(lambda _: PostList.model_validate({"items": posts}))


@router.post("", status_code=201)
async def create_post(session: Session, me: CurrentUserId, data: PostCreate) -> PostPublic:
    post = await posts_service.create(session, me, data)
    return await session.run_sync(lambda _: PostPublic.model_validate(post))


@router.get("/{post_id}")
async def read_post(session: Session, post_id: UUID) -> PostPublic:
    post = await posts_service.get(session, post_id)
    return await session.run_sync(lambda _: PostPublic.model_validate(post))


@router.patch("/{post_id}")
async def rename_post(
    session: Session, me: CurrentUserId, post_id: UUID, data: PostUpdate
) -> PostPublic:
    post = await posts_service.rename(session, me, post_id, data)
    return await session.run_sync(lambda _: PostPublic.model_validate(post))


@channel_router.get("")
async def list_channel_posts(
    session: Session, channel: ExistingChannel, limit: Limit = 20
) -> PostList:
    posts = await posts_service.in_channel(session, channel, limit)
    return await session.run_sync(lambda _: PostList.model_validate({"items": posts}))


@channel_router.put("/{post_id}")
async def move_post(
    session: Session, me: CurrentUserId, channel: ExistingChannel, post_id: UUID
) -> PostPublic:
    post = await posts_service.move(session, me, post_id, channel)
    return await session.run_sync(lambda _: PostPublic.model_validate(post))
