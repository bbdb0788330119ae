"""Claims about middleware and CORS: L243, L306, L307, L308."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.middleware.base import BaseHTTPMiddleware

if TYPE_CHECKING:
    from starlette.middleware.base import RequestResponseEndpoint

    from tests.claims.conftest import Ask

OURS = "https://app.docfliq.test"
EVIL = "https://evil.test"
PREFLIGHT = {"Origin": OURS, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


class Auth(BaseHTTPMiddleware):
    """Refuses whoever has no token."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Let a token through."""
        if "authorization" not in request.headers:
            return JSONResponse({"error": "unauthorized"}, 401)
        return await call_next(request)


def _app(*, cors_added: str) -> FastAPI:
    app = FastAPI()
    if cors_added == "first":
        app.add_middleware(CORSMiddleware, allow_origins=[OURS], allow_headers=["authorization"])
    app.add_middleware(Auth)
    if cors_added == "last":
        app.add_middleware(CORSMiddleware, allow_origins=[OURS], allow_headers=["authorization"])
    return app


@pytest.mark.parametrize(("cors_added", "status", "allowed"), [("first", 401, None), ("last", 200, OURS)])
async def test_cors_belongs_last_where_it_runs_first(
    *, ask: Ask, cors_added: str, status: int, allowed: str | None
) -> None:
    """What is added last runs first: added first, CORS sees neither the preflight nor the refusals."""
    async with ask(_app(cors_added=cors_added)) as client:
        preflight = await client.options("/", headers=PREFLIGHT)
        refused = await client.get("/", headers={"Origin": OURS})
    assert preflight.status_code == status
    assert refused.status_code == 401
    assert refused.headers.get("access-control-allow-origin") == allowed


async def test_a_wildcard_with_credentials_lets_every_origin_in(ask: Ask) -> None:
    """Starlette answers with the caller's own origin, so browsers do not refuse: every site may act for the user."""
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
    async with ask(app) as client:
        answer = await client.get("/docs", headers={"Origin": EVIL, "Cookie": "session=s"})
    assert answer.headers["access-control-allow-origin"] == EVIL
    assert answer.headers["access-control-allow-credentials"] == "true"


async def test_preflights_are_cached_for_ten_minutes_by_default(ask: Ask) -> None:
    """Nobody has to set `max_age`: Starlette sends 600 seconds."""
    async with ask(_app(cors_added="last")) as client:
        preflight = await client.options("/", headers=PREFLIGHT)
    assert preflight.headers["access-control-max-age"] == "600"


async def test_an_exception_of_a_route_skips_the_rest_of_the_middleware_and_no_more(ask: Ask) -> None:
    """It crashes no chain: the client gets a 500, the next one an answer; what stood after `call_next` did not run."""
    after: list[int] = []
    app = FastAPI()

    @app.middleware("http")
    async def note(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        after.append(response.status_code)
        return response

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError

    @app.get("/sound")
    async def sound() -> None:
        """Answer."""

    async with ask(app) as client:
        statuses = [(await client.get(path)).status_code for path in ("/broken", "/sound")]
    assert statuses == [500, 200]
    assert after == [200]


async def test_an_http_exception_raised_by_middleware_is_a_500(ask: Ask) -> None:
    """The handlers of errors stand inside the middleware: it has to return an answer, not raise one."""
    app = FastAPI()

    @app.middleware("http")
    async def refuse(request: Request, call_next: RequestResponseEndpoint) -> Response:
        raise HTTPException(403)

    async with ask(app) as client:
        assert (await client.get("/")).status_code == 500
