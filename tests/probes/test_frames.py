from __future__ import annotations

import asyncio
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from greenlet import greenlet  # type: ignore[import-untyped]

from docfliq_katas.probes.frames import (
    freeze,
    slice_file,
    slice_frame,
    slice_frame_of,
    where_awaiting,
    where_defined,
    where_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

SLICE = """
    def direct(ask):
        return ask()


    def listed(ask):
        return [ask() for _ in range(1)][0]


    async def awaited(ask):
        return await ask()


    class Service:
        def method(self, ask):
            return (
                ask()
            )


    def fails():
        try:
            {}["missing"]
        except KeyError as error:
            raise ValueError("no channel") from error
"""


def test_the_innermost_frame_of_the_slice_is_named(slice_of: SliceOf) -> None:
    """File, line, function and the call that is going on."""
    service = slice_of(SLICE)
    assert str(service.direct(slice_frame)) == "src/posts/service.py:2 (direct)"
    assert service.direct(lambda: slice_frame()).call == "ask()"  # noqa: PLW0108 - a frame between
    assert str(service.listed(slice_frame)) == "src/posts/service.py:6 (listed)"
    assert str(service.Service().method(slice_frame)) == "src/posts/service.py:16 (method)"
    assert str(where_defined(service.direct)) == "src/posts/service.py:1 (direct)"


async def test_awaiting_frames_belong_to_the_stack(slice_of: SliceOf) -> None:
    """A coroutine that waits for the one that asks is found."""

    async def ask() -> str:
        await asyncio.sleep(0)
        return str(slice_frame())

    assert await slice_of(SLICE).awaited(ask) == "src/posts/service.py:10 (awaited)"


def test_a_stack_goes_on_beyond_a_greenlet(slice_of: SliceOf) -> None:
    """Inside greenlets, as in SQLAlchemy's events, the slice outside of them is found."""
    service = slice_of(SLICE)

    def ask() -> str:
        return str(greenlet(lambda: greenlet(slice_frame).switch()).switch())

    assert service.direct(ask) == "src/posts/service.py:2 (direct)"


def test_the_stack_of_another_thread(slice_of: SliceOf) -> None:
    """The stack of another thread is frozen, and read later."""
    service = slice_of(SLICE)
    inside, leave = threading.Event(), threading.Event()

    def ask() -> None:
        inside.set()
        leave.wait(10)

    thread = threading.Thread(target=service.direct, args=(ask,))
    thread.start()
    inside.wait(10)
    assert thread.ident is not None
    found = where_in(freeze(sys._current_frames()[thread.ident]))
    leave.set()
    thread.join()
    assert str(found) == "src/posts/service.py:2 (direct)"


def test_the_place_of_an_exception(slice_of: SliceOf) -> None:
    """An exception is placed where the slice last had it, in groups and behind wrappers as well."""
    service = slice_of(SLICE)
    with pytest.raises(ValueError, match="no channel") as caught:
        service.fails()
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = caught.value
    for error in (caught.value, ExceptionGroup("several", [caught.value]), wrapped):
        assert str(slice_frame_of(error)) == "src/posts/service.py:24 (fails)"
    assert slice_frame_of(RuntimeError("never raised")) is None


def test_only_files_below_src_of_a_lesson_count(tmp_path: Path) -> None:
    """A folder named src makes no slice without the lesson.toml beside it, and installed packages are never one."""
    (tmp_path / "lesson.toml").touch()
    assert slice_file(str(tmp_path / "src" / "main.py")) == "src/main.py"
    assert slice_file(str(tmp_path / "test_lesson.py")) is None
    assert slice_file(str(tmp_path / "other" / "src" / "main.py")) is None
    assert slice_file(str(tmp_path / "src" / "site-packages" / "main.py")) is None
    assert slice_file("<string>") is None
    assert slice_frame() is None


async def test_where_a_task_waits_is_the_innermost_place_of_its_awaits(slice_of: SliceOf) -> None:
    """The place is found through coroutines, generators and context managers, libraries among them or not."""
    source = """
        import asyncio
        from contextlib import asynccontextmanager

        async def plain():
            await asyncio.wait_for(forever(), None)

        async def managed():
            async with opened():
                pass

        async def looped():
            async for _ in numbers():
                pass

        async def forever():
            await asyncio.Event().wait()

        @asynccontextmanager
        async def opened():
            await asyncio.Event().wait()
            yield

        async def numbers():
            await asyncio.sleep(3600)
            yield
    """
    found = slice_of(source)
    tasks = [asyncio.create_task(each()) for each in (found.plain, found.managed, found.looped, asyncio.Event().wait)]
    await asyncio.sleep(0)
    places = [where_awaiting(task) for task in tasks]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    assert [place and (place.line, place.function) for place in places] == [
        (16, "forever"),
        (20, "opened"),
        (24, "numbers"),
        None,
    ]
