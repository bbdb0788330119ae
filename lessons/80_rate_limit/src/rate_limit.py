import time
from math import ceil

from src.exceptions import RateLimitedError


class RateLimiter:
    """Counts in windows: the first try begins one, and `seconds` later it is over."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        now = time.time()
        ends, used = self._windows.get(key, (0.0, 0))
        if ends <= now:
            ends, used = now + seconds, 0
        self._windows[key] = (ends, used + 1)
        if used >= limit:
            raise RateLimitedError(retry_after=ceil(ends - now))
