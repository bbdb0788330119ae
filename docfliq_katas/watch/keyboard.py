"""Single keys from a terminal, which is always given back as it was."""

from __future__ import annotations

import os
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator


class Keyboard:
    """The keys of the terminal at stdin, without Enter and without echo; Ctrl-C stays Ctrl-C.

    Where stdin is no terminal there are no keys.

    Attributes:
        descriptor: readable when a key was pressed; None where there are no keys.
    """

    def __init__(self) -> None:
        self.descriptor = sys.stdin.fileno() if sys.stdin and sys.stdin.isatty() else None
        self._original = termios.tcgetattr(self.descriptor) if self.descriptor is not None else None

    def __enter__(self) -> Self:
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()

    def read(self) -> str:
        """Return the keys that were pressed, in order; an empty text means that the terminal is gone."""
        return os.read(self.descriptor or 0, 64).decode(errors="replace")

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """Let somebody else ask a question that is answered with Enter."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        if self.descriptor is not None:
            tty.setcbreak(self.descriptor, termios.TCSADRAIN)

    def _give_back(self) -> None:
        if self.descriptor is not None and self._original is not None:
            termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self._original)
