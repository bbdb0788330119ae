import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi import status as status_codes
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


logger = logging.getLogger(__name__)


def add_error_handlers(app: FastAPI) -> None:
    for kind in (DocfliqError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, on_error)


async def on_error(_: Request, error: Exception) -> JSONResponse:
    match error:
        case DocfliqError(code=code, message=message, headers=headers):
            response = error_response(_STATUS[code], code, message, headers)
        case HTTPException(status_code=status, detail=detail, headers=headers):
            code = _CODES.get(status, "request_refused")
            response = error_response(status, code, detail, headers)
        case RequestValidationError():
            details = [_told(**one) for one in error.errors()]
            message = "Please check what you sent."
            response = error_response(422, "validation_error", message, details=details)
        case _:
            response = error_response(500, "internal_error", "Something went wrong.")
    if response.status_code >= status_codes.HTTP_500_INTERNAL_SERVER_ERROR:
        logger.error("%s", type(error).__name__, exc_info=error)
    return response


def _told(*, type: str, loc: tuple[str | int, ...], msg: str, **_: object) -> dict[str, Any]:  # noqa: A002 - their name
    return {"type": type, "loc": loc, "msg": msg}


def error_response(
    status: int,
    code: str,
    message: str,
    headers: Mapping[str, str] | None = None,
    details: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    error = {"code": code, "message": message, "details": details or []}
    return JSONResponse({"error": error}, status, headers)
