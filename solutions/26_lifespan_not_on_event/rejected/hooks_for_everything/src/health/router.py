from fastapi import APIRouter, Request

from src.health import service as health_service

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    await health_service.check_postgres(request.app.state.engine)
    await health_service.check_mongodb(request.app.state.mongo)
    await health_service.check_valkey(request.app.state.redis)
    return {"postgres": "ok", "mongodb": "ok", "valkey": "ok"}
