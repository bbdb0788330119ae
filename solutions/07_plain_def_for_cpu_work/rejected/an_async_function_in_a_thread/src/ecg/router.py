import asyncio

from fastapi import APIRouter

from src.ecg import service as ecg_service
from src.ecg.dependencies import Trace
from src.ecg.schemas import Drawing, Reading

router = APIRouter(prefix="/ecg", tags=["ecg"])


@router.post("/readings")
async def read_strip(trace: Trace) -> Reading:
    return await asyncio.to_thread(ecg_service.read, trace)


@router.post("/drawings")
def draw_strip(trace: Trace) -> Drawing:
    return ecg_service.draw(trace)
