from fastapi import APIRouter

from src import stores

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/ready")
async def ready() -> dict[str, str]:
    await stores.check_all()
    return {"postgres": "ok", "mongodb": "ok", "valkey": "ok"}
