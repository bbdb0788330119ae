from contextlib import suppress
from importlib import import_module
from typing import Any, ClassVar

REFUSAL: Any = Exception
with suppress(ModuleNotFoundError):
    REFUSAL = import_module("fastapi").HTTPException


class DocfliqError(REFUSAL):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        told = {"code": self.code, "message": self.message, "details": []}
        super().__init__(self.status, told, headers)


class NotAuthenticatedError(DocfliqError):
    status, code, message = 401, "not_authenticated", "Sign in first"
