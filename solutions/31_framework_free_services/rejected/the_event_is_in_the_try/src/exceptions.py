from typing import ClassVar


class DocfliqError(Exception):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    retry_after: int | None = None


class NotAuthenticatedError(DocfliqError):
    status, code, message = 401, "not_authenticated", "Sign in first"
