from collections.abc import Mapping

from starlette.responses import JSONResponse


def error_response(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    error = {"code": code, "message": message, "details": []}
    return JSONResponse({"error": error}, status, headers)
