from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response, status
from fastapi.responses import JSONResponse

from src.exceptions import DocfliqError
from src.follows.exceptions import RateLimitedError

STATUS = {
    "not_authenticated": status.HTTP_401_UNAUTHORIZED,
    "user_not_found": status.HTTP_404_NOT_FOUND,
    "follows_herself": status.HTTP_409_CONFLICT,
    "already_following": status.HTTP_409_CONFLICT,
    "not_following": status.HTTP_409_CONFLICT,
    "rate_limited": status.HTTP_429_TOO_MANY_REQUESTS,
}


async def on_refusal(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    return JSONResponse({"error": told}, STATUS[error.code])


async def on_haste(request: Request, error: RateLimitedError) -> JSONResponse:
    response = await on_refusal(request, error)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


handlers: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    DocfliqError: on_refusal,
    RateLimitedError: on_haste,
}
