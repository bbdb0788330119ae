from redis.asyncio import Redis

from src.comments.schemas import Comment, CommentList

_KEPT = 50
_SECONDS = 24 * 60 * 60


async def add(redis: Redis, comment: Comment) -> Comment:
    key = _key(comment.post_id)
    async with redis.pipeline() as pipeline:
        pipeline.rpush(key, comment.model_dump_json())
        pipeline.ltrim(key, -_KEPT, -1)
        pipeline.expire(key, _SECONDS)
        await pipeline.execute()
    return comment


async def latest(redis: Redis, post_id: str) -> CommentList:
    rows = await redis.lrange(_key(post_id), 0, -1)
    return CommentList(items=[Comment.model_validate_json(row) for row in rows])


def _key(post_id: str) -> str:
    return f"comments:latest:{post_id}"
