from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import pytest
from fastapi import APIRouter, FastAPI, Request

from docfliq_katas.probes import http
from docfliq_katas.probes.frames import slice_frame_of
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

WANTS = "an answer for every list"
SLICE = """
    from contextlib import asynccontextmanager

    from fastapi import FastAPI, HTTPException


    def make_app(log):
        @asynccontextmanager
        async def lifespan(app):
            log.append("startup")
            yield {"pool": "a pool"}
            log.append("shutdown")

        app = FastAPI(lifespan=lifespan)

        @app.get("/posts")
        async def list_posts():
            return names()[0]

        @app.get("/missing")
        async def read_post():
            raise HTTPException(404, "no such post")

        return app


    def names():
        return []


    def make_broken_app():
        @asynccontextmanager
        async def lifespan(app):
            raise ConnectionRefusedError("no database")
            yield

        return FastAPI(lifespan=lifespan)
"""


async def test_the_lifespan_runs_around_the_client(slice_of: SliceOf) -> None:
    """Startup before the first request, shutdown after the last, each once."""
    log: list[str] = []
    async with Serve()(slice_of(SLICE).make_app(log)) as client:
        log.append(str((await client.get("/openapi.json")).status_code))
    assert log == ["startup", "200", "shutdown"]


async def test_an_exception_becomes_a_verdict_with_its_place(slice_of: SliceOf) -> None:
    """Behind a 500 stands an exception, and the line of the slice that raised it."""
    serve = Serve()
    async with serve(slice_of(SLICE, "main.py").make_app([])) as client:
        response = await client.get("/posts")
    assert response.status_code == 500
    (escaped,) = serve.errors
    assert (type(escaped.exception), escaped.request) == (IndexError, "GET /posts")
    with pytest.raises(Verdict) as caught:
        serve.expect(response, 200, wants=WANTS)
    assert caught.value.saw.splitlines() == [
        "status 500 instead of 200 for GET /posts",
        "the app raised IndexError: list index out of range",
    ]
    assert caught.value.look_at == "src/main.py:17 (list_posts)"


async def test_what_nobody_has_awaited_is_said_first() -> None:
    """FastAPI names the coroutine at the end of a long message, where the report cuts it off."""
    app = FastAPI()

    async def read() -> list[int]:
        return [1]

    @app.get("/unawaited", response_model=list[int])
    async def unawaited() -> object:
        coroutine = read()
        coroutine.close()
        return coroutine

    @app.get("/wrong", response_model=list[int])
    async def wrong() -> object:
        return "none"

    serve = Serve()
    async with serve(app) as client:
        await client.get("/unawaited")
        await client.get("/wrong")
    forgotten, misfit = map(str, serve.errors)
    assert forgotten == (
        "the app raised ResponseValidationError: the endpoint returned a coroutine (read) that nobody has awaited"
    )
    assert misfit.startswith("the app raised ResponseValidationError: 1 validation error")


async def test_an_error_without_a_word_ends_without_a_colon(slice_of: SliceOf) -> None:
    """An assertion without a message is shown itself; of any other error the name has to do."""
    app = FastAPI()
    demand = slice_of("def demand(begun):\n    assert not begun\n").demand

    @app.get("/asserted")
    async def asserted() -> None:
        demand(begun=True)

    @app.get("/mute")
    async def mute() -> None:
        raise RuntimeError

    serve = Serve()
    async with serve(app) as client:
        await client.get("/asserted")
        await client.get("/mute")
    assert list(map(str, serve.errors)) == [
        "the app raised AssertionError: assert not begun",
        "the app raised RuntimeError",
    ]


async def test_another_status_shows_the_body_and_the_endpoint(slice_of: SliceOf) -> None:
    """Without an exception the body speaks, and the endpoint is the place to look at."""
    serve = Serve()
    async with serve(slice_of(SLICE, "main.py").make_app([])) as client:
        response = await client.get("/missing?page=2")
    with pytest.raises(Verdict) as caught:
        serve.expect(response, 200, wants=WANTS)
    assert caught.value.saw.splitlines() == [
        "status 404 instead of 200 for GET /missing?page=2",
        'body: {"detail":"no such post"}',
    ]
    assert caught.value.look_at == "src/main.py:19 (read_post)"
    assert serve.expect(response, 404, wants=WANTS) is response


async def test_each_response_knows_its_own_exception(slice_of: SliceOf) -> None:
    """Of two requests at the same time, only the one that failed is blamed."""
    serve = Serve()
    async with serve(slice_of(SLICE).make_app([])) as client:
        failed, missing = await asyncio.gather(client.get("/posts"), client.get("/missing"))
    with pytest.raises(Verdict, match="IndexError"):
        serve.expect(failed, 200, wants=WANTS)
    with pytest.raises(Verdict, match="no such post"):
        serve.expect(missing, 200, wants=WANTS)


async def test_a_failing_startup_surfaces_as_itself(slice_of: SliceOf) -> None:
    """The exception of the startup reaches the test, not a wrapper."""
    serve = Serve()
    with pytest.raises(ConnectionRefusedError, match="no database"):
        await _enter(serve, slice_of(SLICE).make_broken_app())


async def test_an_app_that_fails_before_its_startup_surfaces_as_itself(slice_of: SliceOf) -> None:
    """What keeps an app from taking any call reaches the test with its place and its cause, without a wrapper."""
    source = """
        from fastapi import FastAPI

        def make_app():
            app = FastAPI()
            app.add_middleware(Guard)
            return app

        class Guard:
            def __init__(self, app):
                raise LookupError("no key") from ConnectionRefusedError("no vault")
    """
    with pytest.raises(LookupError, match="no key") as caught:
        await _enter(Serve(), slice_of(source, "main.py").make_app())
    assert str(slice_frame_of(caught.value)) == "src/main.py:10 (__init__)"
    assert isinstance(caught.value.__cause__, ConnectionRefusedError)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
async def test_a_lifespan_that_hangs_is_refused(phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lifespan that never ends is a verdict, not a hanging test."""
    monkeypatch.setattr(http, "LIFESPAN_SECONDS", 0.05)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if phase == "startup":
            await asyncio.Event().wait()
        yield
        await asyncio.Event().wait()

    with pytest.raises(Verdict, match=f"the {phase} of the app was not done"):
        await _enter(Serve(), FastAPI(lifespan=lifespan))
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_error_of_the_test_itself_still_shuts_the_app_down(slice_of: SliceOf) -> None:
    """A failing assertion within the block comes out unchanged, and no task is left."""
    with pytest.raises(ZeroDivisionError):
        await _enter(Serve(), slice_of(SLICE).make_app([]), fail=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_each_request_has_its_own_copy_of_the_state() -> None:
    """What one request writes into its state is not there for the next."""
    router = APIRouter()

    @router.get("/")
    async def visits(request: Request) -> list[str]:
        seen = hasattr(request.state, "visited")
        request.state.visited = True
        return [request.state.pool, str(seen)]

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, str]]:
        yield {"pool": "a pool"}

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    async with Serve()(app) as client:
        answers = [(await client.get("/")).json() for _ in range(2)]
    assert answers == [["a pool", "False"], ["a pool", "False"]]


async def _enter(serve: Serve, app: FastAPI, *, fail: bool = False) -> None:
    async with serve(app):
        if fail:
            raise ZeroDivisionError


async def test_a_context_variable_of_one_request_does_not_reach_the_next() -> None:
    """Two requests one after the other share no context, as under a real server, where each is a task."""
    app = FastAPI()
    who: ContextVar[str] = ContextVar("who", default="nobody")

    @app.get("/{name}")
    async def greet(name: str) -> list[str]:
        before = who.get()
        who.set(name)
        return [before, who.get()]

    async with Serve()(app) as client:
        found = [(await client.get(f"/{name}")).json() for name in ("asha", "ravi")]
    assert found == [["nobody", "asha"], ["nobody", "ravi"]]
