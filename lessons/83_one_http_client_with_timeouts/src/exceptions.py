from typing import ClassVar

from fastapi import Request
from fastapi.responses import JSONResponse


class DocfliqError(Exception):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]


class PermissionDeniedError(DocfliqError):
    status, code, message = 403, "permission_denied", "Only admins may do that"


class LicenceNotFoundError(DocfliqError):
    status, code, message = 404, "licence_not_found", "The register has no such licence"


class RegisterUnavailableError(DocfliqError):
    status, code, message = 503, "register_unavailable", "The register cannot be reached"


class RegisterTimeoutError(DocfliqError):
    status, code, message = 504, "register_timeout", "The register took too long"


async def answer(_: Request, error: DocfliqError) -> JSONResponse:
    told = {"code": error.code, "message": error.message, "details": []}
    return JSONResponse({"error": told}, status_code=error.status)
