from typing import ClassVar

from fastapi import Request
from fastapi.responses import JSONResponse


class DocfliqError(Exception):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    retry_after: int | None = None


class NotAuthenticatedError(DocfliqError):
    status, code, message = 401, "not_authenticated", "Sign in first"


async def answer(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    return JSONResponse({"error": told}, error.status, headers)
