from typing import TYPE_CHECKING
from uuid import UUID

from src import utils
from src.follows import constants as follows_constants
from src.follows import exceptions as follows_exceptions
from src.follows import repository as follows_repository

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from src.follows.models import Follow


async def follow(session: "AsyncSession", follower_id: UUID, followee_id: UUID) -> "Follow":
    if follower_id == followee_id:
        raise follows_exceptions.FollowsHerselfError
    if not await follows_repository.user_exists(session, followee_id):
        raise follows_exceptions.UserNotFoundError
    count, wait = await follows_repository.recent(session, follower_id)
    if count >= follows_constants.FOLLOWS_AT_MOST:
        raise follows_exceptions.RateLimitedError(retry_after=wait)
    follow = await follows_repository.add(session, follower_id, followee_id)
    if follow is None:
        raise follows_exceptions.AlreadyFollowingError
    event = {"follower_id": follower_id, "followee_id": followee_id, "at": follow.created_at}
    await follows_repository.announce(session, "user.followed", utils.to_json(event))
    return follow


async def unfollow(session: "AsyncSession", follower_id: UUID, followee_id: UUID) -> None:
    if not await follows_repository.remove(session, follower_id, followee_id):
        raise follows_exceptions.NotFollowingError
