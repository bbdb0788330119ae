"""Compare what came out with what should have, and name the first place where they differ."""

from __future__ import annotations

from docfliq_katas.probes.verdict import refuse, shorten

_LIMIT = 120  # characters of a value that a verdict shows
_ABSENT = object()


def expect_equal(
    seen: object, expected: object, *, wants: str, name: str = "the answer", look_at: str | None = None
) -> None:
    """Demand that two plain values (JSON-like, nested) are equal.

    Args:
        seen: What came out.
        expected: What should have come out.
        wants: What the law asks for.
        name: What the value is called in the message.
        look_at: The place in the slice, where the test knows one.

    Raises:
        Verdict: they differ; it names the first place where they do, such as `items[0].author`.

    """
    __tracebackhide__ = True
    if seen == expected:
        return
    path, left, right = _first_difference(seen, expected, name)
    refuse(saw=f"{path} is {_show(left)} instead of {_show(right)}", wants=wants, look_at=look_at)


def _first_difference(seen: object, expected: object, path: str) -> tuple[str, object, object]:
    if isinstance(seen, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in seen if key not in expected)]:
            left, right = seen.get(key, _ABSENT), expected.get(key, _ABSENT)
            if left != right:
                return _first_difference(left, right, f"{path}.{key}")
    if isinstance(seen, list) and isinstance(expected, list) and len(seen) == len(expected):
        for index, (left, right) in enumerate(zip(seen, expected, strict=True)):
            if left != right:
                return _first_difference(left, right, f"{path}[{index}]")
    return path, seen, expected


def _show(value: object) -> str:
    return "absent" if value is _ABSENT else shorten(repr(value), _LIMIT)
