from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from src import utils
from src.follows import constants as follows_constants
from src.follows import exceptions as follows_exceptions
from src.follows.models import Follow, OutboxEvent
from src.users.models import User


async def follow(session: AsyncSession, follower_id: UUID, followee_id: UUID) -> Follow:
    if follower_id == followee_id:
        raise follows_exceptions.FollowsHerselfError
    if await session.get(User, followee_id) is None:
        raise follows_exceptions.UserNotFoundError
    await _refuse_haste(session, follower_id)
    follow = Follow(follower_id=follower_id, followee_id=followee_id)
    try:
        session.add(follow)
        await session.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == follows_constants.UNIQUE_VIOLATION:
            raise follows_exceptions.AlreadyFollowingError from error
        raise
    event = {"follower_id": follower_id, "followee_id": followee_id, "at": follow.created_at}
    session.add(OutboxEvent(topic="user.followed", payload=utils.to_json(event)))
    await session.flush()
    return follow


async def unfollow(session: AsyncSession, follower_id: UUID, followee_id: UUID) -> None:
    removed = await session.scalar(
        delete(Follow)
        .where(Follow.follower_id == follower_id, Follow.followee_id == followee_id)
        .returning(Follow.followee_id)
    )
    if removed is None:
        raise follows_exceptions.NotFollowingError


async def _refuse_haste(session: AsyncSession, follower_id: UUID) -> None:
    since = func.now() - follows_constants.FOLLOWS_WITHIN
    recent = Follow.follower_id == follower_id, Follow.created_at > since
    wait = func.min(Follow.created_at) - since
    count, seconds = (
        await session.execute(
            select(func.count(), func.ceil(func.extract("epoch", wait))).where(*recent)
        )
    ).one()
    if count >= follows_constants.FOLLOWS_AT_MOST:
        raise follows_exceptions.RateLimitedError(retry_after=int(seconds))
