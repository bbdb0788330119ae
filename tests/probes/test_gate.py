from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.probes import gate as gate_module
from docfliq_katas.probes.event_loop import LoopProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

SLICE = """
    import asyncio


    async def blocks(partner):
        return partner("report")


    async def offloads(partner):
        return await asyncio.to_thread(partner, "report")


    async def awaits(partner):
        return await partner("report")
"""


async def test_a_loop_that_waits_at_the_gate_is_refused_at_once(slice_of: SliceOf) -> None:
    """A blocking wait on the loop's thread is known by the thread, so nothing has to time out."""
    gate = LoopProbe().gate()
    assert await slice_of(SLICE).blocks(gate.wait) is False
    await gate.entered()
    with pytest.raises(Verdict) as caught:
        gate.assert_loop_free(wants="a thread for the partner's library")
    assert "the event loop itself waited in partner('report')" in str(caught.value)
    assert caught.value.look_at == "src/posts/service.py:5 (blocks)"


async def test_a_wait_on_another_thread_passes(slice_of: SliceOf) -> None:
    """While one request waits on a thread the loop goes on, and opens the gate."""
    gate = LoopProbe().gate()
    waiting = asyncio.create_task(slice_of(SLICE).offloads(gate.wait))
    await gate.entered()
    gate.open()
    assert await waiting is True
    gate.assert_loop_free(wants="a thread for the partner's library")
    assert len(gate.threads) == 1


async def test_an_async_wait_passes(slice_of: SliceOf) -> None:
    """Two calls wait at the same time, and both pass when the gate opens."""
    gate = LoopProbe().gate()
    service = slice_of(SLICE)
    waiting = [asyncio.create_task(service.awaits(gate.wait_async)) for _ in range(2)]
    await gate.entered(count=2)
    gate.open()
    assert await asyncio.gather(*waiting) == [True, True]
    gate.assert_loop_free(wants="an async client")


async def test_a_gate_that_nobody_came_to_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice that dropped the call does not pass."""
    monkeypatch.setattr(gate_module, "GUARD", 0.01)
    gate = LoopProbe().gate()
    with pytest.raises(Verdict, match="0 of 1 calls reached"):
        await gate.entered()
    with pytest.raises(Verdict, match="never made the call"):
        gate.assert_loop_free(wants="a thread for the partner's library")
