from fastapi import APIRouter

from src.ecg import service as ecg_service
from src.ecg.dependencies import Compute, Trace
from src.ecg.schemas import Drawing, Reading

router = APIRouter(prefix="/ecg", tags=["ecg"])


@router.post("/readings")
async def read_strip(trace: Trace, computers: Compute) -> Reading:
    return await computers.compute(ecg_service.read, trace)


@router.post("/drawings")
async def draw_strip(trace: Trace, computers: Compute) -> Drawing:
    return await computers.compute(ecg_service.draw, trace)
