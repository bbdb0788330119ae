"""Golden messages: what the red tests of a starter or a rejected variant say, without what differs from run to run."""

from __future__ import annotations

import re
import tempfile
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING

from docfliq_katas.probes.verdict import unwrapped
from docfliq_katas.state import project_root, state_dir, write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "golden.txt"

_COLUMNS = 80
_MARGIN = 21  # the voice of probes.verdict
_NUMBER = r"\d(?:[\d,_]*\d)?(?:\.\d+)?"
_EXCERPT = re.compile(r"\nthe lines {2,}.*(?:\n {12,}.*)*")  # the variant itself has them
_VARYING = [
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{32,}\b", re.IGNORECASE), "<hex>"),
    (re.compile(r"\b[0-9a-f]{24}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}(?=…)"), "<id>"),  # the head of one
    (re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE), "<address>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(rf"{_NUMBER} ?(?:ns|µs|us|ms|s|sec|seconds?|minutes?)\b"), "<duration>"),
    (re.compile(rf"{_NUMBER} ?(?:B|bytes?|[kKMG]i?B)\b"), "<size>"),
    (re.compile(r"(?<=localhost:)\d+|(?<=127\.0\.0\.1:)\d+|(?<=\[::1\]:)\d+|(?<=\bport )\d+"), "<port>"),
    (re.compile(r"\bkata_\w+"), "<database>"),
    (re.compile(r"\bKata/[0-9a-f]+"), "<secret>"),
    (re.compile(r"(?<=\bpid )\d+"), "<pid>"),
    (re.compile(r"\b(Task-|asyncio_|Thread-|ThreadPoolExecutor-\d+_)\d+"), r"\1<n>"),
    (re.compile(r"(?<=cost=)[\d.]+|(?<=actual time=)[\d.]+"), "<n>"),
]
_CALL = "<duration> in "


def normalise(message: str) -> str:
    """Return the message with every part that varies named by its kind; counts, names and lines are kept."""
    text = unwrapped(_EXCERPT.sub("", message.strip()))
    for folder in (state_dir(), project_root(), tempfile.gettempdir()):
        text = re.sub(rf"{re.escape(str(folder))}[^\s'\"):,]*", "<path>", text)
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return "\n".join(_laid_out(line) for line in text.splitlines())


def _entries(message: str) -> list[str]:
    """Return one line for each label: line breaks differ with the length of what varies, so they do not count."""
    return [" ".join(entry.split()) for entry in re.split(r"\n(?! )", message)] if message else []


def _compared(message: str) -> list[str]:
    """Return the entries; where the loop stood still, without the call that a sample of the stack happened to meet."""
    entries = _entries(message)
    if _CALL not in message:
        return entries
    return [entry.partition(_CALL)[0] for entry in entries if not entry.startswith("look at ")]


def _laid_out(line: str) -> str:
    """Wrap a line anew, beside its label where it has one: the parts that vary had moved the wrapping."""
    label, text = line[:_MARGIN], line[_MARGIN:]
    if not label.endswith("  ") or not text.strip():
        return " ".join(line.split())
    return textwrap.fill(
        " ".join(text.split()),
        _COLUMNS,
        initial_indent=label,
        subsequent_indent=" " * _MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )


def write(folder: Path, red: Mapping[str, str]) -> None:
    """Write golden.txt: each red test by name, its message below."""
    parts = [f"{test}:\n{textwrap.indent(normalise(message), '    ')}\n" for test, message in sorted(red.items())]
    write_atomic(folder / FILE, "\n".join(parts))


def read(folder: Path) -> dict[str, str] | None:
    """Return test -> golden message, or None where nothing was recorded."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    parts = re.split(r"^(\w+):\n", text, flags=re.MULTILINE)[1:]
    messages = (textwrap.dedent(message).strip() for message in parts[1::2])
    return dict(zip(parts[::2], messages, strict=True))


def difference(golden: Mapping[str, str], red: Mapping[str, str]) -> str | None:
    """Return the first difference between the golden messages and the ones of a run, in words, or None."""
    for test, message in sorted(red.items()):
        before = _compared(golden.get(test, ""))
        now = _compared(normalise(message))
        for old, new in zip_longest(before, now, fillvalue=""):
            if old != new:
                return f"{test} says {new!r}, golden.txt has {old!r}"
    for test in sorted(golden.keys() - red.keys()):
        return f"golden.txt has {test}, which did not fail"
    return None
