from uuid import UUID

from redis.asyncio import Redis

from src.notifications.schemas import ClientFrame, Unread


async def mark_read(redis: Redis, user_id: UUID, frame: ClientFrame) -> Unread:
    key = f"unread:{user_id}"
    async with redis.pipeline() as pipeline:
        pipeline.srem(key, frame.notification_id)
        pipeline.scard(key)
        _, unread = await pipeline.execute()
    return Unread(unread=unread)
