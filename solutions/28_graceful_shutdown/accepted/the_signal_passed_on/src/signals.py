import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heard_first(*numbers: signal.Signals, then: Callable[[], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # a test client's
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}

    def hear(number: int, frame: FrameType | None) -> None:
        then()
        passed_on = before[signal.Signals(number)]
        if callable(passed_on):
            passed_on(number, frame)

    for number in numbers:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
