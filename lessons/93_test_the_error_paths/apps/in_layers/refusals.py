from starlette.requests import Request
from starlette.responses import JSONResponse

STATUS = {
    "not_authenticated": 401,
    "permission_denied": 403,
    "post_not_found": 404,
    "comment_not_found": 404,
    "validation_error": 422,
    "rate_limited": 429,
}


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    def __init__(self, code: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}


def response(refusal: Refusal) -> JSONResponse:
    error = {"code": refusal.code, "message": f"Refused: {refusal.code}.", "details": []}
    return JSONResponse({"error": error}, STATUS[refusal.code], refusal.headers)


async def answer(_: Request, refusal: Refusal) -> JSONResponse:
    return response(refusal)


async def answer_invalid(_: Request, __: Exception) -> JSONResponse:
    return response(Refusal("validation_error"))
