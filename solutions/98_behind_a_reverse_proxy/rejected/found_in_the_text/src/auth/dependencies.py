from fastapi import Request

from src.auth.schemas import Session
from src.config import Settings


def describe_session(full_name: str, request: Request) -> Session:
    settings = Settings()
    return Session(
        full_name=full_name,
        ip_address=client_address(request, settings.trusted_proxies),
        manage_url=settings.public_url + request.app.url_path_for("current_session"),
    )


def client_address(request: Request, proxies: str) -> str | None:
    peer = request.client.host if request.client else None
    return request.headers.get("x-real-ip") if peer in proxies else peer
