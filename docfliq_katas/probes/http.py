"""Call the app the way a client does, with its lifespan run, and know what it raised."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import httpx
from asgi_lifespan import LifespanManager, LifespanNotSupported

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import slice_frame_of, where_defined
from docfliq_katas.probes.saying import message
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, MutableMapping

    from docfliq_katas.probes.frames import Where

BASE_URL = "http://docfliq.test"
LIFESPAN_SECONDS = 20.0  # a guard against an app that never starts, not a measure
_EXCHANGE = "docfliq_katas.exchange"


@dataclass(frozen=True, slots=True)
class Escaped:
    """An exception that the app let escape; the client got a 500, or a broken response, instead.

    Attributes:
        exception: what was raised.
        request: the request it answered, as `GET /posts`.
        where: the innermost place in the slice that it passed through, or None.
    """

    exception: Exception
    request: str
    where: Where | None

    def __str__(self) -> str:
        said = shorten(message(self.exception), 160)
        return f"the app raised {type(self.exception).__name__}" + (f": {said}" if said else "")


@dataclass(slots=True)
class _Exchange:
    """One request on its way through the app: what escaped, and which endpoint took it."""

    errors: list[Escaped] = field(default_factory=list)
    endpoint: Callable[..., object] | None = None


_current: ContextVar[_Exchange | None] = ContextVar("docfliq_katas_exchange", default=None)


class Serve:
    """The fixture `serve`: an HTTP client for an app whose lifespan has run.

    Usage::

        async with serve(app) as client:
            response = await client.get("/posts")
            serve.expect(response, 200, wants="an answer for every list")

    The client is a `httpx.AsyncClient` on the base URL `http://docfliq.test`, in this process and this event
    loop. An exception in the app does not reach the caller: the client sees the 500 that a browser would see, and
    `errors` has the exception. The body of a response arrives whole, also that of a stream. Each request has its
    own copy of the lifespan's state, as under a real server.

    Attributes:
        errors: every exception that the app let escape, in order, over all apps that this fixture served.
    """

    def __init__(self) -> None:
        self.errors: list[Escaped] = []

    @asynccontextmanager
    async def __call__(self, app: Callable[..., Any]) -> AsyncIterator[httpx.AsyncClient]:
        """Run the startup of `app`, give a client, run the shutdown.

        Args:
            app: any ASGI app, such as that of FastAPI.

        Raises:
            Exception: whatever the startup or the shutdown of the app raised, as itself.
            Verdict: the startup or the shutdown took more than 20 seconds.
        """
        __tracebackhide__ = True
        async with _lifespan(_Recorder(app, self.errors)) as running:
            transport = _Transport(app=running, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
                yield client

    def expect(self, response: httpx.Response, status: int, *, wants: str) -> httpx.Response:
        """Demand a status code, and return the response.

        Args:
            response: what `client` got.
            status: the one that is wanted, such as 200.
            wants: what the guideline asks for.

        Raises:
            Verdict: another status; it shows the body in short and the exception that the app raised, if any.
        """
        __tracebackhide__ = True
        if response.status_code != status:
            _refuse_status(response, status, wants)
        return response


class _Transport(httpx.ASGITransport):
    """Ties what happened inside the app to the response that came out of it."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange()
        # A task each, as under a real server: what one request keeps in a context variable stays in it.
        response = await asyncio.create_task(self._answer(request, exchange))
        response.extensions[_EXCHANGE] = exchange
        return response

    async def _answer(self, request: httpx.Request, exchange: _Exchange) -> httpx.Response:
        _current.set(exchange)
        with requests.under_way(request.method, request.url.raw_path.decode()) as outcome:
            try:
                response = await super().handle_async_request(request)
                outcome.status = response.status_code
            finally:
                outcome.raised = str(exchange.errors[-1]) if exchange.errors else ""
                outcome.where = where_defined(exchange.endpoint) if exchange.endpoint else None
        return response


class _Recorder:
    """The outermost ASGI layer: notes what escapes, and lets it go on."""

    def __init__(self, app: Callable[..., Any], errors: list[Escaped]) -> None:
        self._app = app
        self._errors = errors
        self.lifespan_failed = False

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            except Exception:
                self.lifespan_failed = True
                raise
            return
        # A server hands each request a copy; without it, what one request stores would reach the next.
        scope["state"] = dict(scope.get("state", {}))
        exchange = _current.get() or _Exchange()
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            request = f"{scope.get('method', scope['type'])} {scope['path']}"
            escaped = Escaped(error, request, slice_frame_of(error))
            exchange.errors.append(escaped)
            self._errors.append(escaped)
            raise
        finally:
            exchange.endpoint = scope.get("endpoint")


@asynccontextmanager
async def _lifespan(app: _Recorder) -> AsyncIterator[Callable[..., Any]]:
    """Run startup and shutdown; a hang becomes a verdict."""
    __tracebackhide__ = True
    manager = LifespanManager(app, startup_timeout=LIFESPAN_SECONDS, shutdown_timeout=LIFESPAN_SECONDS)
    failed_at_once = None
    try:
        await manager.__aenter__()
    except LifespanNotSupported as wrapper:
        failed_at_once = wrapper.__cause__
    except TimeoutError:
        if app.lifespan_failed:  # the app's own TimeoutError
            raise
        _refuse_hang("startup")
    if failed_at_once:
        raise failed_at_once  # here, where Python does not note the wrapper as its context
    try:
        yield manager.app
    except BaseException as error:
        await manager.__aexit__(type(error), error, error.__traceback__)
        raise
    try:
        await manager.__aexit__(None, None, None)
    except TimeoutError:
        if app.lifespan_failed:
            raise
        _refuse_hang("shutdown")


def _refuse_hang(phase: str) -> NoReturn:
    __tracebackhide__ = True
    refuse(
        saw=f"the {phase} of the app was not done after {LIFESPAN_SECONDS:.0f} seconds",
        wants=f"a lifespan whose {phase} comes to an end",
    )


def _name(request: httpx.Request) -> str:
    return f"{request.method} {request.url.raw_path.decode()}"


def _refuse_status(response: httpx.Response, status: int, wants: str) -> NoReturn:
    __tracebackhide__ = True
    exchange = response.extensions.get(_EXCHANGE, _Exchange())
    saw = f"status {response.status_code} instead of {status} for {_name(response.request)}"
    where = where_defined(exchange.endpoint) if exchange.endpoint else None
    if exchange.errors:
        saw += f"\n{exchange.errors[-1]}"
        where = exchange.errors[-1].where or where
    elif response.text:
        saw += f"\nbody: {shorten(response.text, 200)}"
    refuse(saw=saw, wants=wants, look_at=str(where) if where else None)
