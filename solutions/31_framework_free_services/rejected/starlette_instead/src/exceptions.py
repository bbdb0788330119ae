from typing import ClassVar

from starlette.exceptions import HTTPException


class DocfliqError(HTTPException):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        told = {"code": self.code, "message": self.message, "details": []}
        super().__init__(self.status, told, headers)


class NotAuthenticatedError(DocfliqError):
    status, code, message = 401, "not_authenticated", "Sign in first"
