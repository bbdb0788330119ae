from contextlib import AsyncExitStack

from taskiq import AsyncBroker, SimpleRetryMiddleware, TaskiqEvents, TaskiqState
from taskiq_redis import ListQueueBroker

from src.config import Settings
from src.database import open_sessions


def create_broker() -> AsyncBroker:
    # The platform starts it: taskiq worker src.worker:create_broker src.media.tasks
    broker = ListQueueBroker(Settings().redis_url).with_middlewares(SimpleRetryMiddleware())
    opened = AsyncExitStack()

    @broker.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_stores(state: TaskiqState) -> None:
        state.sessions = await opened.enter_async_context(open_sessions())

    @broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_stores(_: TaskiqState) -> None:
        await opened.aclose()

    return broker
