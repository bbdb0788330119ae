from itertools import pairwise

from src.ecg import analysis as ecg_analysis
from src.ecg.schemas import RATE, Drawing, Reading, Strip

COLUMNS = 600


def clean(strip: Strip) -> list[int]:
    return ecg_analysis.without_drift(strip.microvolts())


async def read(trace: list[int]) -> Reading:
    beats = ecg_analysis.find_beats(trace)
    pauses = [1000 * (later - earlier) // RATE for earlier, later in pairwise(beats)]
    return Reading(
        beats=len(beats),
        rate=round(60 * 1000 * len(pauses) / sum(pauses)) if pauses else None,
        longest_pause_ms=max(pauses, default=None),
        odd_beats=ecg_analysis.count_odd_beats(trace, beats),
    )


def draw(trace: list[int]) -> Drawing:
    lows, highs = ecg_analysis.outline(trace, COLUMNS)
    return Drawing(lows=lows, highs=highs)
