from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

sessions: async_sessionmaker[AsyncSession]
redis: Redis
