from secrets import token_urlsafe

from redis.asyncio import Redis

from src.auth import identities
from src.auth.schemas import Credentials, Session
from src.exceptions import InvalidCredentialsError

SESSION_SECONDS = 8 * 60 * 60


async def log_in(redis: Redis, credentials: Credentials) -> Session:
    user_id = await identities.check(credentials.email, credentials.password)
    if user_id is None:
        raise InvalidCredentialsError
    token = token_urlsafe()
    await redis.set(f"session:{token}", user_id, ex=SESSION_SECONDS)
    return Session(access_token=token)


async def find_user(redis: Redis, token: str) -> str | None:
    user_id = await redis.get(f"session:{token}")
    return None if user_id is None else str(user_id)
