from fastapi import Request

from src.auth.schemas import Session


def describe_session(full_name: str, request: Request) -> Session:
    return Session(
        full_name=full_name,
        ip_address=request.client.host if request.client else None,
        manage_url=str(request.url_for("current_session")),
    )
