from typing import Annotated

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool

from src.ecg import service as ecg_service
from src.ecg.schemas import Strip


async def get_trace(strip: Strip) -> list[int]:
    return await run_in_threadpool(list, ecg_service.clean(strip))


Trace = Annotated[list[int], Depends(get_trace)]
