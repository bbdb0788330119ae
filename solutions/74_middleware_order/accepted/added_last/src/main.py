from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from src.auth.middleware import AuthMiddleware
from src.config import Settings
from src.middleware import MaintenanceMiddleware, RequestIdMiddleware
from src.posts.router import router as posts_router


def create_app() -> FastAPI:
    settings = Settings()
    app = FastAPI(title="Docfliq")
    app.add_middleware(MaintenanceMiddleware, is_on=settings.is_maintenance)
    app.add_middleware(AuthMiddleware, protected="/api/")
    app.add_middleware(RequestIdMiddleware)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["X-Request-ID", "Retry-After"],
        max_age=600,
    )
    app.include_router(posts_router, prefix="/api/v1")

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return app
