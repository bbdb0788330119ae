from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from src.auth import service as auth_service
from src.errors import error_response


class AuthMiddleware:
    def __init__(self, app: ASGIApp, protected: str) -> None:
        self._app = app
        self._protected = protected

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(self._protected):
            headers = Headers(scope=scope)
            is_preflight = "access-control-request-method" in headers
            refusal = None if is_preflight else _refusal(headers)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refusal(headers: Headers) -> Response | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    doctor = auth_service.find_doctor(token) if scheme.lower() == "bearer" else None
    if doctor is None:
        challenge = {"WWW-Authenticate": "Bearer"}
        return error_response(401, "not_authenticated", "Please log in again.", challenge)
    if doctor.is_banned:
        return error_response(403, "permission_denied", "This account is suspended.")
    return None
