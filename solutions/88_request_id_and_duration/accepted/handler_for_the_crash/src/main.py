from fastapi import FastAPI

from src.case_notes.router import router as notes_router
from src.errors import on_crash
from src.logs import configure_logging
from src.middleware import RequestLogMiddleware


def create_app() -> FastAPI:
    configure_logging()
    app = FastAPI(title="Docfliq")
    app.add_middleware(RequestLogMiddleware)
    app.add_exception_handler(Exception, on_crash)
    app.include_router(notes_router, prefix="/api/v1")
    return app
