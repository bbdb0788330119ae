from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware

from src.auth.middleware import AuthMiddleware
from src.config import Settings
from src.middleware import MaintenanceMiddleware, RequestIdMiddleware
from src.posts.router import router as posts_router


def create_app() -> FastAPI:
    settings = Settings()
    cors = Middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["X-Request-ID", "Retry-After"],
        max_age=600,
    )
    request_id = Middleware(RequestIdMiddleware)
    auth = Middleware(AuthMiddleware, protected="/api/")
    maintenance = Middleware(MaintenanceMiddleware, is_on=settings.is_maintenance)
    app = FastAPI(title="Docfliq", middleware=[cors, request_id, auth, maintenance])
    app.include_router(posts_router, prefix="/api/v1")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
