from fastapi import Request

from src.auth.schemas import Session


def describe_session(full_name: str, request: Request) -> Session:
    return Session(
        full_name=full_name,
        ip_address=client_address(request),
        manage_url=str(request.url_for("current_session")),
    )


def client_address(request: Request) -> str | None:
    forwarded = request.headers.get("x-forwarded-for")
    if forwarded:
        return forwarded.split(",")[0].strip()
    return request.client.host if request.client else None
