"""The same API in one module: checks by hand, rows that stay and count when they are deleted."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

POSTS = {"5e0c9a52-7c1d-4f0e-9a44-0000000000a1"}
USERS: dict[str, dict[str, Any]] = {
    "asha-session": {"name": "Dr. Asha Menon"},
    "rohan-session": {"name": "Dr. Rohan Kulkarni"},
    "meera-session": {"name": "Meera Iyer", "admin": True},
    "vikram-session": {"name": "Dr. Vikram Rao", "suspended": True},
}


def refusal(status: int, code: str, **headers: str) -> HTTPException:
    return HTTPException(status, code, {name.replace("_", "-"): headers[name] for name in headers})


def the_user(request: Request) -> dict[str, Any]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or token not in USERS:
        raise refusal(401, "not_authenticated", WWW_Authenticate="Bearer")
    user = USERS[token]
    if user.get("suspended") and request.method != "GET":
        raise refusal(403, "permission_denied")
    return user


User = Annotated[dict[str, Any], Depends(the_user)]


async def the_text(request: Request) -> str:
    try:
        text = (await request.json())["body"].strip()
    except (ValueError, TypeError, KeyError, AttributeError):
        raise refusal(422, "validation_error") from None
    if not 0 < len(text) <= 2000:
        raise refusal(422, "validation_error")
    return str(text)


def create_app(clock: Callable[[], float] = time.monotonic) -> FastAPI:  # noqa: C901
    app = FastAPI()
    rows: list[dict[str, Any]] = []

    @app.exception_handler(HTTPException)
    async def refuse(_: Request, error: HTTPException) -> JSONResponse:
        body = {"code": error.detail, "message": error.detail.replace("_", " "), "details": []}
        return JSONResponse({"error": body}, error.status_code, error.headers)

    @app.exception_handler(RequestValidationError)
    async def refuse_fields(_: Request, __: RequestValidationError) -> JSONResponse:
        body = {"code": "validation_error", "message": "validation error", "details": []}
        return JSONResponse({"error": body}, 422)

    def the_post(post_id: UUID) -> str:
        if str(post_id) not in POSTS:
            raise refusal(404, "post_not_found")
        return str(post_id)

    def in_time(user: dict[str, Any]) -> float:
        now = clock()
        ages = [now - row["at"] for row in rows if row["author"] == user["name"]]
        recent = [age for age in ages if age < 60]
        if len(recent) == 5:
            raise refusal(429, "rate_limited", Retry_After=str(ceil(60 - recent[0])))
        return now

    @app.get("/api/v1/posts/{post_id}/comments")
    async def listed(post_id: UUID, _: User) -> dict[str, Any]:
        post = the_post(post_id)
        items = [row for row in rows if row["post"] == post and not row["deleted"]]
        return {"items": items, "next_cursor": None, "has_more": False}

    @app.post("/api/v1/posts/{post_id}/comments", status_code=201)
    async def written(post_id: UUID, user: User, request: Request) -> dict[str, Any]:
        post = the_post(post_id)
        text = await the_text(request)
        row = {
            "comment_id": str(uuid4()),
            "post": post,
            "author": user["name"],
            "body": text,
            "created_at": datetime.now(UTC).isoformat(),
            "at": in_time(user),
            "deleted": False,
        }
        rows.append(row)
        return row

    @app.delete("/api/v1/comments/{comment_id}")
    async def deleted(comment_id: UUID, user: User) -> Response:
        for row in rows:
            if row["comment_id"] == str(comment_id) and not row["deleted"]:
                if row["author"] != user["name"] and not user.get("admin"):
                    raise refusal(403, "permission_denied")
                row["deleted"] = True
                return Response(status_code=204)
        raise refusal(404, "comment_not_found")

    return app
