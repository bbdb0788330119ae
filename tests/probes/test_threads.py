from __future__ import annotations

import asyncio
import functools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
from anyio._backends._asyncio import AsyncIOBackend
from fastapi import Depends, FastAPI

from docfliq_katas.probes import requests
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.threads import ThreadProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

WANTS = "a blocking library on a thread of its own"
SLICE = """
    import asyncio


    class Register:
        def ask(self, name):
            return name.upper()


    async def on_a_thread(name):
        return await asyncio.to_thread(Register().ask, name)


    async def on_the_loop(name):
        return Register().ask(name)


    def pool():
        yield "a pool"


    def sync_endpoint():
        return []
"""


async def test_a_call_on_a_thread_is_named_with_who_asked(slice_of: SliceOf) -> None:
    """The function, the line that handed it over, and when."""
    service = slice_of(SLICE, "register/client.py")
    before = time.perf_counter()
    with ThreadProbe().record() as hops:
        assert await service.on_a_thread("asha") == "ASHA"
    (hop,) = hops
    assert str(hop) == "Register.ask in a worker thread"
    assert str(hop.where) == "src/register/client.py:10 (on_a_thread)"
    assert str(hop.defined) == "src/register/client.py:5 (ask)"
    assert before <= hop.began <= hop.began + hop.waited <= hop.ended <= time.perf_counter()
    hops.assert_used_for("ask", wants=WANTS)
    hops.assert_used_for("Register.ask", wants=WANTS)


async def test_a_call_on_the_loop_is_refused(slice_of: SliceOf) -> None:
    """Work that stays on the loop is no hop; what threads did instead is named."""
    service = slice_of(SLICE, "register/client.py")
    with ThreadProbe().record() as hops:
        await service.on_the_loop("asha")
    with pytest.raises(Verdict, match="ask was not called in a worker thread: nothing was"):
        hops.assert_used_for("ask", wants=WANTS)
    with ThreadProbe().record() as others:
        await service.on_a_thread("asha")
    with pytest.raises(Verdict) as caught:
        others.assert_used_for("render", wants=WANTS)
    assert caught.value.saw == "render was not called in a worker thread: only Register.ask was"
    assert caught.value.look_at == "src/register/client.py:10 (on_a_thread)"


async def test_every_way_to_a_thread_is_seen() -> None:
    """asyncio, an executor, anyio and FastAPI's own threads; a partial is known by what is in it."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as executor, ThreadProbe().record() as hops:
        assert await asyncio.to_thread(int, "1") == 1
        assert await loop.run_in_executor(executor, functools.partial(float, "2")) == 2.0
        assert await loop.run_in_executor(None, str, 3) == "3"
        assert await anyio.to_thread.run_sync(functools.partial(sorted, [2, 1], reverse=True)) == [2, 1]
    assert [hop.function for hop in hops] == ["int", "float", "str", "sorted"]


async def test_a_def_endpoint_belongs_to_its_request(slice_of: SliceOf) -> None:
    """FastAPI calls it and its dependencies in threads; each hop, and what runs in it, has the request's number."""
    app, service, seen = FastAPI(), slice_of(SLICE), []
    app.get("/sync", dependencies=[Depends(service.pool)])(service.sync_endpoint)

    @app.get("/executor")
    async def endpoint() -> None:
        await asyncio.get_running_loop().run_in_executor(None, lambda: seen.append(requests.current.get()))

    with requests.record() as answered, ThreadProbe().record() as hops:
        async with Serve()(app) as client:
            await client.get("/sync")
            await client.get("/executor")
    first, second = (request.number for request in answered)
    assert [hop.function for hop in hops] == ["pool", "sync_endpoint", "pool", "endpoint"]
    assert [hop.request for hop in hops] == [first, first, first, second]
    assert seen == [second]


async def test_waiting_for_a_thread_is_told_apart() -> None:
    """A call that finds every thread busy says for how long it waited."""
    done = threading.Event()
    with ThreadPoolExecutor(1) as executor, ThreadProbe().record() as hops:
        loop = asyncio.get_running_loop()
        calls = [loop.run_in_executor(executor, done.wait) for _ in range(2)]
        both_sent = time.perf_counter()
        await asyncio.sleep(0.01)
        busy = time.perf_counter() - both_sent
        done.set()
        await asyncio.gather(*calls)
    first, second = hops
    assert second.waited >= busy
    assert second.waited > first.waited
    assert second.seconds >= second.waited


async def test_what_raises_in_a_thread_raises_as_itself() -> None:
    """An exception arrives where the call was awaited, and the hop has an end."""
    with ThreadProbe().record() as hops, pytest.raises(ValueError, match="invalid literal"):
        await asyncio.to_thread(int, "x")
    assert hops[0].seconds > 0


def test_the_libraries_are_as_before() -> None:
    """What was replaced is put back, also when the block failed."""

    def methods() -> list[object]:
        return [asyncio.BaseEventLoop.run_in_executor, AsyncIOBackend.__dict__["run_sync_in_worker_thread"]]

    before = methods()

    def fails_while_recorded() -> None:
        with ThreadProbe().record():
            assert before != methods()
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        fails_while_recorded()
    assert before == methods()
