from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from src.auth.router import router as auth_router
from src.comments.router import router as comments_router
from src.config import Settings
from src.errors import add_error_handlers
from src.rate_limit import RateLimiter


class State(TypedDict):
    redis: Redis
    limiter: RateLimiter


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    async with Redis.from_url(
        Settings().redis_url,
        decode_responses=True,
        retry=Retry(NoBackoff(), retries=1),  # a request does not wait for a lost server
    ) as redis:
        yield {"redis": redis, "limiter": RateLimiter(redis)}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    add_error_handlers(app)
    app.include_router(auth_router, prefix="/api/v1")
    app.include_router(comments_router, prefix="/api/v1")
    return app
