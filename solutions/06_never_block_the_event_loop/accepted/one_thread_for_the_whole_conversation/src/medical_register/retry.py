import time
from collections.abc import Callable
from typing import TypeVar

from src.medical_register.exceptions import RegisterUnavailableError

ATTEMPTS = 3

Answer = TypeVar("Answer")


def with_retries(call: Callable[[], Answer], pause: float) -> Answer:
    for attempt in range(ATTEMPTS - 1):
        try:
            return call()
        except RegisterUnavailableError:
            _back_off(pause, attempt)
    return call()


def _back_off(pause: float, attempt: int) -> None:
    time.sleep(pause * 2**attempt)
