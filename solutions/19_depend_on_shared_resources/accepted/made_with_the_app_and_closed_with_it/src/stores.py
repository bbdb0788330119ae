from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from src.config import Settings


class Stores:
    """What all requests of an app share; nothing of it connects before it is used."""

    def __init__(self, settings: Settings) -> None:
        self._engine = create_async_engine(settings.database_url, pool_pre_ping=True)
        self.sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self.redis = Redis.from_url(settings.redis_url, decode_responses=True)

    async def aclose(self) -> None:
        try:
            await self.redis.aclose()
        finally:
            await self._engine.dispose()
