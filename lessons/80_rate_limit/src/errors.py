from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from src.exceptions import DocfliqError, RateLimitedError


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(DocfliqError)
    async def on_refusal(_: Request, error: DocfliqError) -> JSONResponse:
        body = {"code": error.code, "message": error.message, "details": []}
        return JSONResponse({"error": body}, error.status)

    @app.exception_handler(RateLimitedError)
    async def on_limit(request: Request, error: RateLimitedError) -> JSONResponse:
        response = await on_refusal(request, error)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
