from fastapi import APIRouter

from src.dependencies import RedisClient
from src.feed import service as feed_service
from src.feed.schemas import TrendingList

router = APIRouter(prefix="/feed", tags=["feed"])


@router.get("/trending")
async def list_trending(redis: RedisClient) -> TrendingList:
    return TrendingList(items=await feed_service.trending(redis))
