from fastapi import APIRouter, Request

from src.health import service as health_service

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    await health_service.check_postgres(request.state.engine)
    await health_service.check_mongodb(request.state.mongo)
    await health_service.check_valkey(request.state.redis)
    return {"postgres": "ok", "mongodb": "ok", "valkey": "ok"}
