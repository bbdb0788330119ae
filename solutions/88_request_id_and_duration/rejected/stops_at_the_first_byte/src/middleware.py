import logging
import re
from time import perf_counter
from uuid import uuid4

from fastapi import Request, Response
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from src import context
from src.errors import error_response

logger = logging.getLogger(__name__)

_HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        sent = request.headers.get(_HEADER, "")
        request_id = sent if _SANE.fullmatch(sent) else str(uuid4())
        context.request_id.set(request_id)
        started = perf_counter()
        try:
            response = await call_next(request)
        except Exception:
            logger.exception("request failed")
            response = error_response(500, "internal_error", "Something went wrong on our side.")
        response.headers[_HEADER] = request_id
        fields = {
            "method": request.method,
            "path": request.url.path,
            "status": response.status_code,
        }
        duration = round((perf_counter() - started) * 1000, 1)
        logger.info("request finished", extra=fields | {"duration_ms": duration})
        return response
