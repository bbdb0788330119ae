from fastapi import FastAPI

from src.ecg.router import router as ecg_router
from src.health import router as health_router


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.include_router(health_router)
    app.include_router(ecg_router, prefix="/api/v1")
    return app
