from fastapi import APIRouter

from src.ecg import service as ecg_service
from src.ecg.dependencies import Trace
from src.ecg.schemas import Drawing, Reading, Strip

router = APIRouter(prefix="/ecg", tags=["ecg"])


@router.post("/readings")
def read_strip(strip: Strip) -> Reading:
    return ecg_service.read(ecg_service.clean(strip))


@router.post("/drawings")
async def draw_strip(trace: Trace) -> Drawing:
    return ecg_service.draw(trace)
