from collections.abc import Callable
from typing import Annotated, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, Request

from src.ecg import service as ecg_service
from src.ecg.schemas import Strip

Argument, Result = TypeVar("Argument"), TypeVar("Result")


class Computers:
    def __init__(self, limiter: CapacityLimiter) -> None:
        self._limiter = limiter

    async def compute(self, function: Callable[[Argument], Result], argument: Argument) -> Result:
        return await run_sync(function, argument, limiter=self._limiter)


async def get_computers(request: Request) -> Computers:
    return Computers(request.state.limiter)


Compute = Annotated[Computers, Depends(get_computers)]


async def get_trace(strip: Strip, computers: Compute) -> list[int]:
    return await computers.compute(ecg_service.clean, strip)


Trace = Annotated[list[int], Depends(get_trace)]
