from fastapi import APIRouter

from src.ecg import service as ecg_service
from src.ecg.schemas import Drawing, Reading, Strip

router = APIRouter(prefix="/ecg", tags=["ecg"])


@router.post("/readings")
def read_strip(strip: Strip) -> Reading:
    return ecg_service.read(ecg_service.clean(strip))


@router.post("/drawings")
def draw_strip(strip: Strip) -> Drawing:
    return ecg_service.draw(ecg_service.clean(strip))
