import asyncio
from itertools import pairwise

from src.ecg import analysis as ecg_analysis
from src.ecg.schemas import RATE, Drawing, Reading, Strip

COLUMNS = 600


async def clean(strip: Strip) -> list[int]:
    return await asyncio.create_task(_clean(strip))


async def read(trace: list[int]) -> Reading:
    beats = ecg_analysis.find_beats(trace)
    pauses, odd_beats = await asyncio.gather(_pauses(beats), _odd_beats(trace, beats))
    return Reading(
        beats=len(beats),
        rate=round(60 * 1000 * len(pauses) / sum(pauses)) if pauses else None,
        longest_pause_ms=max(pauses, default=None),
        odd_beats=odd_beats,
    )


async def draw(trace: list[int]) -> Drawing:
    lows, highs = ecg_analysis.outline(trace, COLUMNS)
    return Drawing(lows=lows, highs=highs)


async def _clean(strip: Strip) -> list[int]:
    return ecg_analysis.without_drift(strip.microvolts())


async def _pauses(beats: list[int]) -> list[int]:
    return [1000 * (later - earlier) // RATE for earlier, later in pairwise(beats)]


async def _odd_beats(trace: list[int], beats: list[int]) -> int:
    return ecg_analysis.count_odd_beats(trace, beats)
