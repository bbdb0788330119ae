"""Followers for `kata run 28`, and for the tests."""

from collections.abc import Sequence

from redis.asyncio import Redis


def followers(count: int) -> list[str]:
    """Return the ids of so many doctors."""
    return [f"doctor-{number:03}" for number in range(count)]


async def follow(valkey: Redis, slug: str, user_ids: Sequence[str]) -> None:
    """Let these doctors follow a channel."""
    await valkey.sadd(f"channel:{slug}:followers", *user_ids)


async def inboxes(valkey: Redis, user_ids: Sequence[str], text: str) -> int:
    """Return how many of these doctors have the announcement."""
    async with valkey.pipeline(transaction=False) as pipe:
        for user_id in user_ids:
            pipe.xrange(f"inbox:{user_id}")
        found = await pipe.execute()
    return sum(any(fields["text"] == text for _, fields in entries) for entries in found)


async def seed(valkey: Redis) -> None:
    """Let 5 000 doctors follow the channel of Dr. Asha Menon."""
    await follow(valkey, "cardiology-rounds", ["imran", *followers(4999)])
