from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from src.config import Settings
from src.health import router as health_router
from src.licences.router import router as licences_router
from src.medical_register.client import MedicalRegister
from src.medical_register.exceptions import RegisterUnavailableError


class State(TypedDict):
    register: MedicalRegister


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    settings = Settings()
    yield {
        "register": MedicalRegister(
            settings.register_gateway, settings.register_timeout, settings.register_pause
        )
    }


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(health_router)
    app.include_router(licences_router, prefix="/api/v1")
    app.add_exception_handler(RegisterUnavailableError, _register_unavailable)
    return app


async def _register_unavailable(_: Request, __: Exception) -> JSONResponse:
    message = "The medical register does not answer. Please try again later."
    error = {"code": "register_unavailable", "message": message, "details": []}
    return JSONResponse({"error": error}, status_code=503)
