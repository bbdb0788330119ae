from typing import ClassVar


class DocfliqError(Exception):
    code: ClassVar[str]
    message: ClassVar[str]


class NotAuthenticatedError(DocfliqError):
    code, message = "not_authenticated", "Sign in first"
