from fastapi import Request
from fastapi.responses import JSONResponse


def error_response(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "details": []}}, status)


async def on_crash(request: Request, _: Exception) -> JSONResponse:
    response = error_response(500, "internal_error", "Something went wrong on our side.")
    response.headers["X-Request-ID"] = request.state.request_id
    return response
