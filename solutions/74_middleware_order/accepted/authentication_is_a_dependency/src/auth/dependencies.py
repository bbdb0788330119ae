from fastapi import Request, Response

from src.auth import service as auth_service
from src.errors import error_response


class Refused(Exception):  # noqa: N818
    def __init__(self, response: Response) -> None:
        self.response = response


async def require_doctor(request: Request) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    doctor = auth_service.find_doctor(token) if scheme.lower() == "bearer" else None
    if doctor is None:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise Refused(error_response(401, "not_authenticated", "Please log in again.", challenge))
    if doctor.is_banned:
        raise Refused(error_response(403, "permission_denied", "This account is suspended."))


async def refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.response
