from fastapi import FastAPI

from src.auth.accounts import Accounts
from src.auth.router import router as auth_router
from src.errors import add_error_handlers
from src.verification.council import Council
from src.verification.router import router as verification_router


def create_app(council: Council | None = None) -> FastAPI:
    app = FastAPI(title="Docfliq")
    app.state.accounts = Accounts()
    app.state.council = council or Council()
    add_error_handlers(app)
    app.include_router(auth_router, prefix="/api/v1")
    app.include_router(verification_router, prefix="/api/v1")
    return app
