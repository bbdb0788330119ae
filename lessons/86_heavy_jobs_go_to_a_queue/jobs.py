# noqa: INP001 - pytest imports lessons by path
"""A worker in the process of the test: what `taskiq worker` runs, on the real queue."""

import asyncio
import importlib
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from types import CoroutineType, ModuleType
from typing import Any

from redis.asyncio import Redis
from taskiq import AckableMessage
from taskiq.receiver import Receiver

_PAUSE = 0.01  # seconds between two looks, to leave the processor to the worker
_GUARD = 20.0  # seconds; only against hanging
_HOPE = 150  # looks at an idle worker in which code of the slice still waits for something
_CERTAIN = 3  # looks at one in which nothing does, before a job that is not done counts as lost

Deliver = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
Look = Callable[[], Awaitable[bool]]


def fresh(module: str) -> ModuleType:
    """Import a module of the slice anew, as a process of its own would do."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "src"]:
        del sys.modules[name]
    return importlib.import_module(module)


async def once(run: Callable[[], Awaitable[None]]) -> None:
    """Deliver a message as the queue hands it out."""
    await run()


async def together(runs: list[asyncio.Task[None]], far_enough: Look) -> None:
    """Let runs of a job go on until they are `far_enough`, or one is done, or they stand still."""
    for _ in range(_HOPE):
        if any(run.done() for run in runs) or await far_enough():
            return
        await asyncio.sleep(_PAUSE)


async def ended(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait for the end of what a request has left running."""
    if tasks:
        await asyncio.wait(tasks, timeout=_HOPE * _PAUSE)


@asynccontextmanager
async def worker(deliver: Deliver = once) -> AsyncIterator[asyncio.Task[None]]:
    """Run `taskiq worker src.worker:create_broker src.media.tasks` here, one message at a time.

    Yields:
        Its task, which is done only when the worker has failed.

    """

    class Delivery(Receiver):
        async def callback(
            self,
            message: bytes | AckableMessage,
            raise_err: bool = False,  # noqa: FBT001, FBT002
        ) -> None:
            handle = super().callback
            await deliver(lambda: handle(message, raise_err))

    broker = fresh("src.worker").create_broker()
    broker.is_worker_process = True
    importlib.import_module("src.media.tasks")
    finish = asyncio.Event()
    listening = asyncio.create_task(Delivery(broker, max_async_tasks=1).listen(finish))
    try:
        yield listening
    finally:
        finish.set()
        await listening
        await broker.shutdown()


async def until(look: Look) -> None:
    """Look until something is so; give up when it should have been long ago."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_GUARD):
            while True:
                if await look():
                    return
                await asyncio.sleep(_PAUSE)


async def until_idle(
    valkey: Redis, gone: Callable[[], bool], done: Look, *, alone: bool = True
) -> None:
    """Wait until the worker has taken all there was and waits for more, or is gone.

    A job that is not `done` then is lost, unless the slice brings it; so look on while it is busy,
    or where it is not `alone`: then another process may be at work.
    """
    database = str(valkey.connection_pool.connection_kwargs.get("db", 0))
    others = threading.active_count()
    idle = 0

    async def settled() -> bool:
        nonlocal idle
        waits = await _waits(valkey, database)
        idle += waits
        busy = (
            not alone
            or threading.active_count() > others
            or any(map(_of_the_slice, asyncio.all_tasks()))
        )
        lost = idle >= (_HOPE if busy else _CERTAIN)
        return gone() or lost or ((waits or not alone) and await done())

    await until(settled)


def _of_the_slice(task: asyncio.Task[Any]) -> bool:
    """Return whether a task is in a coroutine of the slice, however deep."""
    waiting: Any = task.get_coro()
    while isinstance(waiting, CoroutineType):
        frame = waiting.cr_frame
        if frame is not None and frame.f_globals["__name__"].partition(".")[0] == "src":
            return True
        waiting = waiting.cr_await
    return False


async def _waits(valkey: Redis, database: str) -> bool:
    """Return whether a client is blocked in a read of that database."""
    clients: list[dict[str, Any]] = await valkey.client_list()
    return any("b" in one["flags"] and one["db"] == database for one in clients)
