from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from src.medical_register.exceptions import RegisterUnavailableError

ATTEMPTS = 3

Answer = TypeVar("Answer")


async def with_retries(call: Callable[[], Awaitable[Answer]], _: float) -> Answer:
    for _attempt in range(ATTEMPTS - 1):
        with suppress(RegisterUnavailableError):
            return await call()
    return await call()
