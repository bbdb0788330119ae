from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


async def refuse_invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
    # Without `input`, which would send back what the client typed, its password included.
    details = [{"loc": problem["loc"], "msg": problem["msg"]} for problem in error.errors()]
    return JSONResponse(
        {"error": {"code": "validation_error", "message": "Check the fields", "details": details}},
        status_code=422,
    )
