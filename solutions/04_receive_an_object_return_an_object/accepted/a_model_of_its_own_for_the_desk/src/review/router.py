from fastapi import APIRouter

from src.dependencies import Desk
from src.review.desk import ReviewItem

router = APIRouter(prefix="/review/queue", tags=["review"])


@router.get("")
async def show_queue(desk: Desk) -> list[ReviewItem]:
    return desk.waiting()
