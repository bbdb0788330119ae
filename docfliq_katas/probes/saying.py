"""What an exception says, without what its library puts around it."""

from __future__ import annotations

import traceback
from inspect import isawaitable


def message(error: BaseException) -> str:
    """Return the message of an exception, as a person would tell it.

    Of an error of the database, that is what the driver said; SQLAlchemy puts a preamble in front of it, and the
    statement and a link behind it. Of an answer that holds what nobody has awaited, it is that. Of an assertion that
    failed without a word, it is the assertion.
    """
    driver = getattr(error, "orig", None)
    if isinstance(driver, BaseException):
        return str(driver)
    return _unawaited(error) or str(error).partition("(Background on this error")[0].rstrip() or _asserted(error)


def _asserted(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, AssertionError) else []
    line = (frames[-1].line or "") if frames else ""
    return line if line.startswith("assert ") else ""


def _unawaited(error: BaseException) -> str:
    """Say what stands at the end of FastAPI's long message: that an endpoint returned what nobody has awaited."""
    if type(error).__name__ != "ResponseValidationError":
        return ""
    for one in getattr(error, "errors", list)():
        value = one.get("input")
        if isawaitable(value):
            kind = type(value).__name__
            return f"the endpoint returned a {kind} ({getattr(value, '__name__', kind)}) that nobody has awaited"
    return ""
