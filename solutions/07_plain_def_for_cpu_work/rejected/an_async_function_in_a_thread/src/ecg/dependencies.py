from typing import Annotated

from fastapi import Depends

from src.ecg import service as ecg_service
from src.ecg.schemas import Strip


def get_trace(strip: Strip) -> list[int]:
    return ecg_service.clean(strip)


Trace = Annotated[list[int], Depends(get_trace)]
