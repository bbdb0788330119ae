from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from src.refusals import Refusal, response


@dataclass(frozen=True)
class Account:
    name: str
    role: str = "user"
    state: str = "active"


ACCOUNTS = {
    "asha-session": Account("Dr. Asha Menon"),
    "rohan-session": Account("Dr. Rohan Kulkarni"),
    "meera-session": Account("Meera Iyer", role="admin"),
    "vikram-session": Account("Dr. Vikram Rao", state="suspended"),
}


class SessionMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        account = ACCOUNTS.get(token) if scheme.lower() == "bearer" else None
        if account is None:
            await response(Refusal("not_authenticated"))(scope, receive, send)
        elif account.state == "suspended" and scope["method"] != "GET":
            await response(Refusal("permission_denied"))(scope, receive, send)
        else:
            scope["state"] = {**scope.get("state", {}), "account": account}
            await self.app(scope, receive, send)
