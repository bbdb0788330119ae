import time
from math import ceil

from src.exceptions import RateLimitedError

_WINDOWS: dict[str, tuple[float, int]] = {}


class RateLimiter:
    """Counts in windows: the first try begins one, and `seconds` later it is over."""

    async def hit(self, scope: str, who: str, *, limit: int, seconds: int) -> None:
        key = f"rate:{scope}:{who}"
        now = time.time()
        ends, used = _WINDOWS.get(key, (0.0, 0))
        if ends <= now:
            ends, used = now + seconds, 0
        _WINDOWS[key] = (ends, used + 1)
        if used >= limit:
            raise RateLimitedError(retry_after=ceil(ends - now))
