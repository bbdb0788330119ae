"""One scale of time for everything that is drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns seconds into a share of the width, 0.0 to 1.0.

    Attributes:
        seconds: what the whole width stands for.
    """

    seconds: float

    def share(self, seconds: float) -> float:
        """Return where a moment is, from 0.0 at the left to 1.0 at the right."""
        return min(1.0, max(0.0, seconds / self.seconds)) if self.seconds > 0 else 0.0

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return at most `most` round moments after the start, with what is written there, in milliseconds."""
        width = self.seconds * 1000
        if width <= 0:
            return []
        rough = 10.0 ** floor(log10(width / most))
        step = next(rough * times for times in (1, 2, 5, 10, 20) if width / (rough * times) <= most)
        digits = max(0, -floor(log10(step)))
        numbers = range(1, int(width / step + 1e-9) + 1)
        return [(number * step / 1000, f"{number * step:.{digits}f}") for number in numbers]
