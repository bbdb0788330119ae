from uuid import UUID

from fastapi import APIRouter

from src.database import Session
from src.dependencies import RedisClient
from src.shares import service as shares_service
from src.shares.schemas import ShareCounts, ShareCreate

router = APIRouter(prefix="/posts/{post_id}/shares", tags=["shares"])


@router.get("")
async def read_counts(session: Session, redis: RedisClient, post_id: UUID) -> ShareCounts:
    counts = await shares_service.counts_of(session, redis, post_id)
    return ShareCounts(total=sum(counts.values()), by_platform=counts)


@router.post("", status_code=204)
async def share_post(
    session: Session, redis: RedisClient, post_id: UUID, data: ShareCreate
) -> None:
    await shares_service.share(session, redis, post_id, data.platform)
