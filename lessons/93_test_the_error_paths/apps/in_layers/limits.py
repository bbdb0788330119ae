from collections.abc import Callable
from math import ceil

from src.refusals import Refusal


class Limiter:
    def __init__(self, clock: Callable[[], float], *, most: int, seconds: float) -> None:
        self.clock = clock
        self.most = most
        self.seconds = seconds
        self.taken: dict[str, list[float]] = {}

    def take(self, who: str) -> None:
        now = self.clock()
        recent = [then for then in self.taken.get(who, []) if now - then < self.seconds]
        if len(recent) == self.most:
            raise Refusal("rate_limited", ceil(self.seconds - (now - recent[0])))
        self.taken[who] = [*recent, now]
