import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src import context
from src.errors import error_response

logger = logging.getLogger(__name__)

_HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLogMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        context.request_id.set(request_id)
        fields = {"method": scope["method"], "path": scope["path"]}
        started = perf_counter()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields["status"] = message["status"]
                MutableHeaders(scope=message)[_HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            logger.exception("request failed")
            await error_response(500, "internal_error", "Please try again.")(
                scope, receive, send_with_id
            )
        finally:
            duration = round((perf_counter() - started) * 1000, 1)
            logger.info("request finished", extra=fields | {"duration_ms": duration})


def _id_of(scope: Scope) -> str:
    sent = Headers(scope=scope).get(_HEADER, "")
    return sent if _SANE.fullmatch(sent) else str(uuid4())
