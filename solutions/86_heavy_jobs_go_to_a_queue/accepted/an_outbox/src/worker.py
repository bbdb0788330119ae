import asyncio
from contextlib import AsyncExitStack, suppress

from taskiq import AsyncBroker, SimpleRetryMiddleware, TaskiqEvents, TaskiqState
from taskiq_redis import RedisStreamBroker

from src.config import Settings
from src.database import open_sessions
from src.media.outbox import pass_on


def create_broker() -> AsyncBroker:
    # The platform starts it: taskiq worker src.worker:create_broker src.media.tasks
    broker = RedisStreamBroker(Settings().redis_url).with_middlewares(SimpleRetryMiddleware())
    opened = AsyncExitStack()

    @broker.on_event(TaskiqEvents.WORKER_STARTUP)
    async def open_stores(state: TaskiqState) -> None:
        state.sessions = await opened.enter_async_context(open_sessions())
        state.relay = asyncio.create_task(_relay(state, broker))

    @broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
    async def close_stores(state: TaskiqState) -> None:
        state.relay.cancel()
        with suppress(asyncio.CancelledError):
            await state.relay
        await opened.aclose()

    return broker


async def _relay(state: TaskiqState, broker: AsyncBroker) -> None:
    await pass_on(state.sessions, broker)
