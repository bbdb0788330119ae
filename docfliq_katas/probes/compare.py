"""Compare what came out with what should have, and name the first place where they differ."""

from __future__ import annotations

import re

from docfliq_katas.probes.verdict import refuse, shorten

_LIMIT = 120  # characters of a value that a verdict shows
_ABSENT = object()
_BLANK = "\u00b7"  # a dot, in the middle
_EASILY_LOST = re.compile(r"^ +| +$| {2,}")  # a line that is wrapped would swallow them


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
    note = f" ({_BLANK} is a blank)" if _has_dots(left) or _has_dots(right) else ""
    refuse(saw=f"{path} is {show(left)} instead of {show(right)}{note}", wants=wants, look_at=look_at)


def show(value: object) -> str:
    """Return a value as Python writes it, in short; in a text, blanks at the ends and several in a row become dots."""
    if value is _ABSENT:
        return "absent"
    if not isinstance(value, str):
        return shorten(repr(value), _LIMIT)
    text = repr(_EASILY_LOST.sub(lambda blanks: _BLANK * len(blanks[0]), value))
    return text if len(text) <= _LIMIT else f"{text[: _LIMIT - 1]}…"


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


def _has_dots(value: object) -> bool:
    """Return whether `show` puts a dot for a blank; a dot may also stand in the text itself."""
    return isinstance(value, str) and _EASILY_LOST.search(value) is not None
