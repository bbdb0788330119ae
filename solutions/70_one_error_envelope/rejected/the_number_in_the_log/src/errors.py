from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from src.exceptions import DocfliqError

_STATUS = {
    "license_not_found": 404,
    "email_taken": 409,
    "rate_limited": 429,
    "council_unavailable": 502,
}
_CODES = {
    400: "bad_request",
    401: "not_authenticated",
    404: "not_found",
    405: "method_not_allowed",
}


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(DocfliqError)
    async def on_refusal(_: Request, error: DocfliqError) -> JSONResponse:
        return error_response(_STATUS[error.code], error.code, error.message, error.headers)

    @app.exception_handler(HTTPException)
    async def on_http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "request_refused")
        return error_response(error.status_code, code, error.detail, error.headers)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        details = [{key: one[key] for key in ("type", "loc", "msg")} for one in error.errors()]
        message = "Please check what you sent."
        return error_response(422, "validation_error", message, details=details)

    @app.exception_handler(Exception)
    async def on_crash(_: Request, __: Exception) -> JSONResponse:
        return error_response(500, "internal_error", "Something went wrong. Please try again.")


def error_response(
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    details: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    error = {"code": code, "message": message, "details": details or []}
    return JSONResponse({"error": error}, status, headers)
