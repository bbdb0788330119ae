from typing import ClassVar

from fastapi import Request
from fastapi.responses import JSONResponse


class DocfliqError(Exception):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]


class PostNotFoundError(DocfliqError):
    status, code, message = 404, "post_not_found", "There is no such post"


async def answer(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    return JSONResponse({"error": told}, status_code=error.status)
