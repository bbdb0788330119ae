from fastapi import FastAPI

from src.case_notes.router import router as notes_router
from src.logs import configure_logging
from src.middleware import RequestLogMiddleware


def create_app() -> FastAPI:
    configure_logging()
    app = FastAPI(title="Docfliq")
    app.add_middleware(RequestLogMiddleware)
    app.include_router(notes_router, prefix="/api/v1")
    return app
