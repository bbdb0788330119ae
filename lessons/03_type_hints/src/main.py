from fastapi import FastAPI

from src.courses.router import router as courses_router


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.include_router(courses_router, prefix="/api/v1")
    return app
