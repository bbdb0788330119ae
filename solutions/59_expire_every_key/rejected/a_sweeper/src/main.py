import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from src.config import Settings
from src.users.directory import Directory
from src.users.router import router as users_router


class State(TypedDict):
    redis: Redis
    directory: Directory


async def _sweep(redis: Redis) -> None:
    while True:
        await asyncio.sleep(30)
        async for key in redis.scan_iter():
            if await redis.ttl(key) == -1:
                await redis.expire(key, 60)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with Redis.from_url(
        Settings().redis_url,
        decode_responses=True,
        retry=Retry(NoBackoff(), retries=1),  # a request does not wait for a lost server
    ) as redis:
        sweeper = asyncio.create_task(_sweep(redis))
        yield {"redis": redis, "directory": Directory()}
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(users_router, prefix="/api/v1")
    return app
