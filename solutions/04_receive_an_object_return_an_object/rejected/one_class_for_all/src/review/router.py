from fastapi import APIRouter

from src.dependencies import Desk
from src.proposals.schemas import Proposal

router = APIRouter(prefix="/review/queue", tags=["review"])


@router.get("")
async def show_queue(desk: Desk) -> list[Proposal]:
    return desk.waiting()
