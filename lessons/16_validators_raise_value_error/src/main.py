from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from src.exceptions import refuse_invalid_request
from src.verifications.router import router as verifications_router


def create_app() -> FastAPI:
    app = FastAPI(
        title="Docfliq", exception_handlers={RequestValidationError: refuse_invalid_request}
    )
    app.include_router(verifications_router, prefix="/api/v1")
    return app
