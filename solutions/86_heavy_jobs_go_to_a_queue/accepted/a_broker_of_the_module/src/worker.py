from contextlib import AsyncExitStack

from taskiq import AsyncBroker, TaskiqEvents, TaskiqState
from taskiq_redis import RedisStreamBroker

from src.config import Settings
from src.database import open_sessions

broker = RedisStreamBroker(Settings().redis_url)
opened = AsyncExitStack()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def open_stores(state: TaskiqState) -> None:
    state.sessions = await opened.enter_async_context(open_sessions())


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def close_stores(_: TaskiqState) -> None:
    await opened.aclose()


def create_broker() -> AsyncBroker:
    return broker
