from collections.abc import Mapping, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from src.exceptions import DocfliqError, RateLimitedError

_STATUS = {
    "not_authenticated": 401,
    "permission_denied": 403,
    "post_not_found": 404,
    "comment_not_found": 404,
}


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(DocfliqError)
    async def on_refusal(_: Request, error: DocfliqError) -> JSONResponse:
        return _response(_STATUS[error.code], error.code, error.message)

    @app.exception_handler(RateLimitedError)
    async def on_limit(_: Request, error: RateLimitedError) -> JSONResponse:
        response = _response(429, error.code, error.message)
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        details = [
            {"field": ".".join(map(str, one["loc"][1:])), "message": str(one["msg"])}
            for one in error.errors()
        ]
        return _response(422, "validation_error", "Please check what you sent.", details)


def _response(
    status: int, code: str, message: str, details: Sequence[Mapping[str, str]] = ()
) -> JSONResponse:
    error = {"code": code, "message": message, "details": list(details)}
    return JSONResponse({"error": error}, status)
