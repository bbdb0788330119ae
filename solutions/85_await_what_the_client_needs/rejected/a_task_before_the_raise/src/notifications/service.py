import logging

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_KEPT = 100  # notifications of one recipient
_SECONDS = 30 * 24 * 3600


async def tell(redis: Redis, recipient: str, text: str) -> None:
    inbox = f"inbox:{recipient}"
    try:
        async with redis.pipeline() as pipe:
            pipe.xadd(inbox, {"text": text}, maxlen=_KEPT)
            pipe.expire(inbox, _SECONDS)
            await pipe.execute()
    except RedisError:
        logger.exception("notification lost")
