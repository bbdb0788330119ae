from fastapi import APIRouter, status

from src.posts.schemas import Post, PostList

router = APIRouter(prefix="/posts", tags=["posts"])

_POSTS = [
    Post(post_id="p-1", title="Reading a wide QRS at 3 a.m."),
    Post(post_id="p-2", title="Ankle fractures: when is a plain film enough?"),
]


@router.get("")
async def list_posts() -> PostList:
    return PostList(items=_POSTS)


@router.post("/{post_id}/like", status_code=status.HTTP_204_NO_CONTENT)
async def like(post_id: str) -> None:
    """Accept the like; counting it is the work of another service."""
