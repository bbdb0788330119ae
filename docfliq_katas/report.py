"""Teaching reports: what a red test says instead of a traceback."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docfliq_katas import excerpt, plain_words, unawaited
from docfliq_katas.endless import NoEnd
from docfliq_katas.probes.frames import slice_frame_of
from docfliq_katas.probes.saying import message
from docfliq_katas.probes.verdict import Verdict, paragraph, shorten

if TYPE_CHECKING:
    from docfliq_katas.probes.http import Escaped

APP_ERRORS = pytest.StashKey["list[Escaped]"]()
"""What the app of the running test let escape; the `serve` fixture fills it."""

_LONGEST = 12  # lines of an assertion's explanation


def teach(item: pytest.Item, caught: pytest.ExceptionInfo[BaseException], folder: Path) -> str:
    """Return the report of a red test: its law, what was seen, and the line of the slice in question.

    Args:
        item: The test.
        caught: What ended it.
        folder: The lesson's folder.

    """
    if isinstance(caught.value, Verdict):
        problem = str(caught.value)
    else:
        problem = unawaited.explain(caught.value, folder) or _problem(caught.value, folder)
    law = paragraph("the law", _law(item))
    raised = item.stash.get(APP_ERRORS, [])[-1:]
    told = [] if "the app raised" in problem else [_app_error(error) for error in raised]
    words = plain_words.explain(caught.value) or "".join(plain_words.explain(error.exception) for error in raised)
    plain = [paragraph("in plain words", words)] if words else []
    return "\n".join([law, problem, *told, *excerpt.of(problem, folder), *plain])


def import_problem(error: BaseException, folder: Path) -> str:
    """Return one line that says why a module of the slice cannot be imported."""
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{_inside(error.filename, folder)}:{error.lineno}"
        return f"{where}: SyntaxError: {error.msg}. Repair it, then run again."
    words = plain_words.explain(error)
    said = [shorten(_one_line(error), 160).rstrip("."), f"In plain words: {words}"] if words else [_one_line(error)]
    where = _look_at(error, folder, widest_call=60) or "the slice"
    return f"{where}: {'. '.join(said)}. Repair it, then run again."


def _law(item: pytest.Item) -> str:
    function = getattr(item, "function", None)
    return " ".join((inspect.getdoc(function) or item.name).split())


def _problem(error: BaseException, folder: Path) -> str:
    if isinstance(error, AssertionError):
        lines = str(error).splitlines() or ["an assertion that does not hold"]
        more = ["… (`--full` shows the rest)"] if len(lines) > _LONGEST else []
        saw = "\n".join([line for line in lines[:_LONGEST] if line and "Use -v" not in line] + more)
    elif isinstance(error, NoEnd):
        saw = str(error)
    else:
        saw = _one_line(error)
    where = ", ".join(map(str, error.places)) if isinstance(error, NoEnd) else _look_at(error, folder)
    return "\n".join([paragraph("saw", saw)] + ([paragraph("look at", where)] if where else []))


def _app_error(error: Escaped) -> str:
    return paragraph("and", f"{error}\nat {error.where}" if error.where else str(error))


def _look_at(error: BaseException, folder: Path, *, widest_call: int = 400) -> str:
    """Return the innermost place of the slice that the error passed through, else the last line of the lesson's own."""
    found = slice_frame_of(error)
    if found:
        return f"{found}: {shorten(found.call, widest_call)}" if found.call else str(found)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_inside(frame.filename, folder)]
    return "".join(f"{_inside(frame.filename, folder)}:{frame.lineno} ({frame.name})" for frame in frames[-1:])


def _is_inside(file: str, folder: Path) -> bool:
    return Path(file).is_relative_to(folder)


def _inside(file: str, folder: Path) -> str:
    return Path(file).relative_to(folder).as_posix() if _is_inside(file, folder) else Path(file).name


def _one_line(error: BaseException) -> str:
    text = shorten(message(error), 400)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
