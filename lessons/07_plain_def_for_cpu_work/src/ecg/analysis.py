from itertools import pairwise
from operator import mul

from src.ecg.schemas import RATE

_SPIKE = [*range(20), *range(20, 0, -1)]  # the form of a beat, roughly
_REFRACTORY = RATE // 4
_SHAPE = 2 * RATE // 5
_ODD = 100  # microvolts


def without_drift(samples: list[int]) -> list[int]:
    baseline = _moving_median(_moving_median(samples, RATE // 5), 3 * RATE // 5)
    return [sample - drift for sample, drift in zip(samples, baseline, strict=True)]


def find_beats(trace: list[int]) -> list[int]:
    size = len(_SPIKE)
    likeness = [sum(map(mul, _SPIKE, trace[at : at + size])) for at in range(len(trace) - size)]
    strong = max(likeness) // 2
    beats: list[int] = []
    for at, (before, now) in enumerate(pairwise(likeness)):
        rises = before < strong <= now
        if rises and (not beats or at - beats[-1] > _REFRACTORY):
            beats.append(at)
    return beats


def count_odd_beats(trace: list[int], beats: list[int]) -> int:
    shapes = [trace[at : at + _SHAPE] for at in beats]
    return sum(_is_odd(shape, shapes) for shape in shapes)


def outline(trace: list[int], columns: int) -> tuple[list[int], list[int]]:
    edges = [column * len(trace) // columns for column in range(columns + 1)]
    parts = [trace[start:end] for start, end in pairwise(edges)]
    return [min(part) for part in parts], [max(part) for part in parts]


def _moving_median(samples: list[int], width: int) -> list[int]:
    half = width // 2
    padded = [samples[0]] * half + samples + [samples[-1]] * half
    return [sorted(padded[at : at + width])[half] for at in range(len(samples))]


def _is_odd(shape: list[int], shapes: list[list[int]]) -> bool:
    alike = sum(_distance(shape, other) < _ODD for other in shapes)
    return 2 * alike < len(shapes)


def _distance(shape: list[int], other: list[int]) -> float:
    return sum(abs(left - right) for left, right in zip(shape, other, strict=False)) / len(shape)
