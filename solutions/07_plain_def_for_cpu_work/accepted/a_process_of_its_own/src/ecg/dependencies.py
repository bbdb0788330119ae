import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from src.ecg import service as ecg_service
from src.ecg.schemas import Strip

Argument, Result = TypeVar("Argument"), TypeVar("Result")


class Computers:
    def __init__(self, processes: Executor) -> None:
        self._processes = processes

    async def compute(self, function: Callable[[Argument], Result], argument: Argument) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._processes, function, argument)


async def get_computers(request: Request) -> Computers:
    return Computers(request.state.processes)


Compute = Annotated[Computers, Depends(get_computers)]


async def get_trace(strip: Strip, computers: Compute) -> list[int]:
    return await computers.compute(ecg_service.clean, strip)


Trace = Annotated[list[int], Depends(get_trace)]
