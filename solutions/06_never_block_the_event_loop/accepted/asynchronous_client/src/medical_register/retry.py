import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from src.medical_register.exceptions import RegisterUnavailableError

ATTEMPTS = 3

Answer = TypeVar("Answer")


async def with_retries(call: Callable[[], Awaitable[Answer]], pause: float) -> Answer:
    for attempt in range(ATTEMPTS - 1):
        try:
            return await call()
        except RegisterUnavailableError:
            await _back_off(pause, attempt)
    return await call()


async def _back_off(pause: float, attempt: int) -> None:
    await asyncio.sleep(pause * 2**attempt)
