import asyncio

from redis.asyncio import Redis

from src.channels.schemas import Announcement
from src.config import Settings
from src.notifications import service as notifications_service


async def tell_followers(redis: Redis, announcement: Announcement, settings: Settings) -> None:
    followers = sorted(map(str, await redis.smembers(f"channel:{announcement.slug}:followers")))
    for start in range(0, len(followers), settings.fanout_batch):
        batch = followers[start : start + settings.fanout_batch]
        await notifications_service.tell(redis, batch, announcement.text)
        await asyncio.sleep(settings.fanout_pause)  # the feed uses the same Valkey
