from fastapi import FastAPI

from src.certificates.router import router as certificates_router
from src.config import get_settings
from src.payments.router import router as payments_router


def create_app() -> FastAPI:
    get_settings()  # without its settings the app does not start
    app = FastAPI(title="Docfliq")
    app.include_router(payments_router, prefix="/api/v1")
    app.include_router(certificates_router, prefix="/api/v1")
    return app
