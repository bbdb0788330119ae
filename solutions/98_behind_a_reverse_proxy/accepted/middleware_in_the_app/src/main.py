from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from src.auth.router import router as auth_router
from src.config import Settings
from src.sessions.router import router as sessions_router


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.include_router(auth_router, prefix="/api/v1")
    app.include_router(sessions_router, prefix="/api/v1")
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=Settings().trusted_proxies)
    return app
