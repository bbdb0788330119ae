"""The one voice of the instruments: what was seen, what the guideline wants, where to look."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLUMNS = 80
_LABELS = ("saw", "the guideline wants", "look at")
_MARGIN = max(map(len, _LABELS)) + 2


class Verdict(AssertionError):  # noqa: N818 - it is a judgement, read by people, and a failure to pytest
    """A refusal that a learner can act on without a traceback.

    Attributes:
        saw: what the instrument measured, with numbers.
        wants: what the guideline asks for instead.
        look_at: the place in the slice, as `src/posts/service.py:42 (channel_of)`, or None where none is known.
    """

    def __init__(self, *, saw: str, wants: str, look_at: str | None = None) -> None:
        self.saw = saw
        self.wants = wants
        self.look_at = look_at
        super().__init__(saw, wants, look_at)

    def __str__(self) -> str:
        parts = zip(_LABELS, (self.saw, self.wants, self.look_at), strict=True)
        return "\n".join(paragraph(label, text) for label, text in parts if text)

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (self.saw, self.wants, self.look_at)


def refuse(*, saw: str, wants: str, look_at: str | None = None) -> NoReturn:
    """Fail the test with a verdict, its frame hidden from the traceback.

    Raises:
        Verdict: always.
    """
    __tracebackhide__ = True
    raise Verdict(saw=saw, wants=wants, look_at=look_at)


def shorten(text: str, limit: int = 100) -> str:
    """Put `text` on one line of at most `limit` characters; what is cut off is marked by an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _revive(saw: str, wants: str, look_at: str | None) -> Verdict:
    """Build a verdict that crosses a process border (keyword-only arguments cannot be pickled by default)."""
    return Verdict(saw=saw, wants=wants, look_at=look_at)


def listing(label: str, lines: Mapping[int, str], *, marked: int) -> str:
    """Lay lines of code out beside a label, each with its number, and mark one of them.

    What all are indented by is left out, and what does not fit into 80 columns is cut off.
    """
    code = textwrap.dedent("\n".join(lines.values())).split("\n")
    width = len(str(max(lines)))
    room = _COLUMNS - _MARGIN - width - 3
    shown = []
    for number, text in zip(lines, code, strict=True):
        cut = text if len(text) <= room else f"{text[: room - 1]}…"
        shown.append(f"{' ' * _MARGIN}{number:>{width}} {'>' if number == marked else ' '} {cut}".rstrip())
    return "\n".join(shown).replace(" " * _MARGIN, label.ljust(_MARGIN), 1)


def paragraph(label: str, text: str) -> str:
    """Lay `text` out beside its label; line breaks in the text are kept, long lines continue below it."""
    lines = [
        piece
        for line in text.splitlines()
        for piece in textwrap.wrap(
            line, _COLUMNS - _MARGIN, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
        )
        or [""]
    ]
    return textwrap.indent("\n".join(lines), " " * _MARGIN).replace(" " * _MARGIN, label.ljust(_MARGIN), 1)


def unwrapped(text: str) -> str:
    """Undo what `paragraph` has wrapped: a line goes on where the next word would not have fitted on it."""
    lines: list[str] = []
    above = ""
    for line in text.splitlines():
        words = line.split()
        indented = line.startswith(" " * _MARGIN)
        if indented and words and lines and len(above.rstrip()) + 1 + len(words[0]) > _COLUMNS:
            lines[-1] += f" {' '.join(words)}"
        elif words or not indented:
            lines.append(line)
        above = line
    return "\n".join(lines)
