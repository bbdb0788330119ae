"""Where in the learner's slice something happened: the innermost frame of a file below a lesson's `src`."""

from __future__ import annotations

import ast
import gc
import linecache
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType


FrozenStack: TypeAlias = "list[tuple[CodeType, int | None, int]]"
"""The code, line and instruction of every frame, the innermost first."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in the slice; `str()` gives `src/posts/service.py:42 (channel_of)`.

    Attributes:
        file: the path below the lesson folder, with slashes: `src/posts/service.py`.
        line: counted from 1.
        function: the name of the function; `module` for code that runs at import.
        call: the source of the call that was going on, such as `time.sleep(0.4)`; empty where unknown.
    """

    file: str
    line: int
    function: str
    call: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.function})"


@cache
def slice_file(filename: str) -> str | None:
    """Return the path below the lesson folder, `src/…`, of a file of a slice, or None for any other file.

    A file belongs to a slice when it lies below a folder `src` whose parent holds a `lesson.toml`.
    """
    if filename.startswith("<"):
        return None
    path = Path(filename)
    if "src" not in path.parts or "site-packages" in path.parts:
        return None
    for folder in path.parents:
        if folder.name == "src" and (folder.parent / "lesson.toml").is_file():
            return path.relative_to(folder.parent).as_posix()
    return None


def slice_frame() -> Where | None:
    """Return the innermost place in the slice on the caller's stack, or None when it is not called from a slice.

    A stack that ends at a greenlet goes on in its parent: SQLAlchemy's events run in one.
    """
    for candidate in _stack(sys._getframe(), crossing=True):  # noqa: SLF001 - the documented way in
        found = _where(candidate.f_code, candidate.f_lineno, candidate.f_lasti)
        if found is not None:
            return found
    return None


def freeze(frame: FrameType) -> FrozenStack:
    """Return what is needed of another thread's stack, without letting that thread go on meanwhile.

    Nothing here reads a file, which would hand the interpreter over; `where_in` does so later.
    """
    return [(one.f_code, one.f_lineno, one.f_lasti) for one in _stack(frame, crossing=False)]


def where_in(stack: FrozenStack) -> Where | None:
    """Return the innermost place in the slice on a frozen stack."""
    found = (_where(code, line, instruction) for code, line, instruction in stack)
    return next((where for where in found if where), None)


def where_awaiting(task: asyncio.Task[object]) -> Where | None:
    """Return the innermost place in the slice where a task that is not running waits, or None."""
    found = None
    waiting: object = task.get_coro()
    while waiting is not None:
        frame = _first_of(waiting, "cr_frame", "gi_frame", "ag_frame")
        found = (_where(frame.f_code, frame.f_lineno, frame.f_lasti) if frame else None) or found
        waiting = _first_of(waiting, "cr_await", "gi_yieldfrom", "ag_await") or _wrapped(waiting)
    return found


def slice_frame_of(error: BaseException) -> Where | None:
    """Return the innermost place in the slice that `error`, its group members or its causes passed through."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        places = list(_places_in_traceback(current))
        if places:
            return places[-1]
        if isinstance(current, BaseExceptionGroup):
            queue.extend(current.exceptions)
        queue += [current.__cause__, current.__context__]
    return None


def where_defined(function: Callable[..., object]) -> Where | None:
    """Return the place where `function` is defined, or None when that is not in a slice."""
    code = getattr(function, "__code__", None)
    return _where(code, code.co_firstlineno, -1) if code is not None else None


def _stack(frame: FrameType | None, *, crossing: bool) -> Iterator[FrameType]:
    """Yield the frames from the innermost outwards; `crossing` goes on in the parents of the running greenlet."""
    while frame is not None:
        yield frame
        frame = frame.f_back
    greenlets = sys.modules.get("greenlet")
    if not crossing or greenlets is None:
        return
    parent = greenlets.getcurrent().parent
    while parent is not None:
        frame = parent.gr_frame
        while frame is not None:
            yield frame
            frame = frame.f_back
        parent = parent.parent


def _first_of(thing: object, *names: str) -> Any:  # noqa: ANN401 - frames, and whatever can be awaited
    return next((value for name in names if (value := getattr(thing, name, None)) is not None), None)


def _wrapped(awaited: object) -> object:
    """Return the coroutine or generator in an awaitable of the interpreter's own, as `anext()` makes it, or None."""
    if type(awaited).__name__ not in {"async_generator_asend", "async_generator_athrow", "coroutine_wrapper"}:
        return None
    kinds = (CoroutineType, GeneratorType, AsyncGeneratorType)
    return next((each for each in gc.get_referents(awaited) if isinstance(each, kinds)), None)


def _places_in_traceback(error: BaseException) -> Iterator[Where]:
    """Yield the places in the slice that the traceback of `error` names, outermost first."""
    entry = error.__traceback__
    while entry is not None:
        found = _where(entry.tb_frame.f_code, entry.tb_lineno, entry.tb_lasti)
        if found is not None:
            yield found
        entry = entry.tb_next


def _where(code: CodeType, line: int | None, instruction: int) -> Where | None:
    """Name the place, or return None when the code is not the slice's."""
    file = slice_file(code.co_filename)
    if file is None:
        return None
    return Where(file, line or code.co_firstlineno, _function(code), _call(code, line, instruction))


def _function(code: CodeType) -> str:
    """Return the name that a reader knows: that of the enclosing function for a comprehension or a lambda."""
    if code.co_name == "<module>":
        return "module"
    named = [part for part in code.co_qualname.split(".") if not part.startswith("<")]
    return named[-1] if named else "module"


@lru_cache(maxsize=1024)
def _call(code: CodeType, line: int | None, instruction: int) -> str:
    """Return the source of the expression that the instruction belongs to, on one line."""
    if instruction < 0 or line is None:
        return ""
    positions = list(code.co_positions())[instruction // 2]
    first, last, start, end = positions
    if first is None or last is None or start is None or end is None:
        return linecache.getline(code.co_filename, line).strip()
    source = [linecache.getline(code.co_filename, number) for number in range(first, last + 1)]
    if not any(source):
        return ""
    source[-1] = source[-1].encode()[:end].decode(errors="replace")
    source[0] = source[0].encode()[start:].decode(errors="replace")
    text = " ".join("".join(source).split())
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        return text
