"""Which work was handed to a worker thread, by whom, and how long it had to wait for one."""

from __future__ import annotations

import asyncio
import functools
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import Context
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from anyio._backends._asyncio import AsyncIOBackend

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import slice_frame, where_defined
from docfliq_katas.probes.recording import Recording, Timed
from docfliq_katas.probes.verdict import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docfliq_katas.probes.frames import Where


@dataclass(frozen=True, slots=True)
class Hop(Timed):
    """One call that a worker thread was asked to make; `seconds` goes from the asking to the end of the call.

    Attributes:
        function: the name of what was called, as `MedicalRegister._get`.
        defined: where that is in the slice, or None.
        where: the place in the slice that asked for it, or None; that of a `def` endpoint is None: FastAPI asks.
        waited: how long it waited for a thread to be free, in seconds.
    """

    function: str
    defined: Where | None
    where: Where | None
    waited: float = field(default=0.0, compare=False)

    def __str__(self) -> str:
        return f"{self.function} in a worker thread"


class Hops(Recording[Hop]):
    """What one recording saw, in the order of the asking; iterate over it, index it, take its `len`."""

    def assert_used_for(self, function: str, *, wants: str) -> None:
        """Demand that a worker thread made a call of that name, such as `_get`.

        Args:
            function: the name, with or without its class.
            wants: what the guideline asks for.

        Raises:
            Verdict: none did; it names what worker threads did instead.
        """
        __tracebackhide__ = True
        if any(function in {hop.function, hop.function.rpartition(".")[2]} for hop in self.items):
            return
        others = dict.fromkeys(hop.function for hop in self.items)
        instead = f"only {', '.join(others)}" if others else "nothing"
        places = dict.fromkeys(str(hop.where) for hop in self.items if hop.where)
        refuse(
            saw=f"{function} was not called in a worker thread: {instead} was",
            wants=wants,
            look_at=", ".join(places) or None,
        )


class ThreadProbe:
    """The fixture `thread_probe`: the work that an event loop hands to worker threads.

    Usage::

        with thread_probe.record() as hops:
            await client.get("/report")
        hops.assert_used_for("render", wants="a blocking library on a thread of its own")

    It sees `asyncio.to_thread`, `loop.run_in_executor` with threads, `anyio.to_thread.run_sync`, and with it the `def`
    endpoints and dependencies of FastAPI. Threads that the slice starts itself are not seen, nor processes.
    """

    @contextmanager
    def record(self) -> Iterator[Hops]:
        """Record every call that is handed over until the block ends."""
        hops = Hops()
        loop_method = asyncio.BaseEventLoop.run_in_executor
        anyio_method = AsyncIOBackend.__dict__["run_sync_in_worker_thread"]
        setattr(asyncio.BaseEventLoop, "run_in_executor", _noting(hops, loop_method))  # noqa: B010 - a method, on purpose
        try:
            setattr(AsyncIOBackend, "run_sync_in_worker_thread", _noting_anyio(hops, anyio_method))  # noqa: B010 - as above
            yield hops
        finally:
            setattr(asyncio.BaseEventLoop, "run_in_executor", loop_method)  # noqa: B010 - as above
            setattr(AsyncIOBackend, "run_sync_in_worker_thread", anyio_method)  # noqa: B010 - as above


def _noting(hops: Hops, run: Callable[..., Any]) -> Callable[..., Any]:
    def noted(loop: Any, executor: Any, function: Any, *arguments: Any) -> Any:  # noqa: ANN401 - asyncio's signature
        if executor is None or isinstance(executor, ThreadPoolExecutor):
            function = _asked(hops, function)
        return run(loop, executor, function, *arguments)

    return noted


def _noting_anyio(hops: Hops, original: classmethod[Any, Any, Any]) -> classmethod[Any, Any, Any]:
    run = original.__func__

    async def noted(cls: Any, function: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - anyio's signature
        return await run(cls, _asked(hops, function), *arguments, **options)

    return classmethod(noted)


def _asked(hops: Hops, function: Callable[..., Any]) -> Callable[..., Any]:
    """Book what is asked for, and return a call that books its own beginning and end."""
    bare = _bare(function)
    request, began, index = requests.current.get(), time.perf_counter(), len(hops.items)
    asked = Hop(_name(bare), where_defined(bare), slice_frame(), began=began, request=request)
    hops.items.append(asked)

    def called(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - a pass-through
        waited = time.perf_counter() - began
        token = requests.current.set(request)  # run_in_executor takes no context along
        try:
            return function(*arguments, **options)
        finally:
            requests.current.reset(token)
            if hops.items[index : index + 1] == [asked]:  # a test may have emptied the list
                hops.items[index] = replace(asked, waited=waited, seconds=time.perf_counter() - began)

    return called


def _name(function: Callable[..., Any]) -> str:
    """Return the name that a reader knows: that of the enclosing function for a lambda."""
    parts = getattr(function, "__qualname__", type(function).__qualname__).split(".<locals>.")
    return next((part for part in reversed(parts) if not part.startswith("<")), "a lambda")


def _bare(function: Any) -> Callable[..., Any]:  # noqa: ANN401 - whatever can be called
    """Return what a reader knows: the function inside what asyncio, anyio and FastAPI wrap around it."""
    while isinstance(function, functools.partial):
        if isinstance(getattr(function.func, "__self__", None), Context) and function.args:
            function = function.args[0]
        else:
            function = function.keywords.get("function") if _is_fastapis(function.func) else function.func
    owner = getattr(function, "__self__", None)
    if isinstance(owner, AbstractContextManager):  # a dependency with `yield`, entered or left
        function = getattr(owner, "func", None) or getattr(owner, "gen", function)
    bare: Callable[..., Any] = getattr(function, "__func__", function)
    return bare


def _is_fastapis(function: Callable[..., Any]) -> bool:
    return function.__name__ == "_run_sync_endpoint" and function.__module__.startswith("fastapi.")
