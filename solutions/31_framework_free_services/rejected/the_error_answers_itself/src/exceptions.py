from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from fastapi import Response


class DocfliqError(Exception):
    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    retry_after: int | None = None

    def response(self) -> "Response":
        from fastapi.responses import JSONResponse

        told = {"code": self.code, "message": self.message, "details": []}
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after is not None else None
        return JSONResponse({"error": told}, self.status, headers)


class NotAuthenticatedError(DocfliqError):
    status, code, message = 401, "not_authenticated", "Sign in first"
