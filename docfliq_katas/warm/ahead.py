"""A run that is ready before anybody asks for it: forked, with pytest set up, and held before it reads the lesson."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docfliq_katas import child
from docfliq_katas.runner import Forked, Running

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Ahead:
    """One run of one lesson folder, which waits until `go`.

    Attributes:
        folder: The lesson folder.
    """

    def __init__(self, folder: Path, extra: Sequence[str]) -> None:
        """Fork it; it gets ready beside this process.

        Args:
            folder: The lesson folder.
            extra: More arguments for pytest.

        """
        self.folder = folder
        self._gate, self._opener = os.pipe()
        self._running = Running(folder, extra=extra, begin=self._begin)
        os.close(self._gate)

    def go(self) -> Running | None:
        """Let the run read the lesson, and return it; None where it has died meanwhile."""
        try:
            os.write(self._opener, b"g")
        except BrokenPipeError:
            self.drop()
            return None
        os.close(self._opener)
        self._running.count_from_now()
        return self._running

    def drop(self) -> None:
        """End it: nobody wants it any more."""
        os.close(self._opener)
        self._running.abandon()

    def _begin(self, folder: Path, results: int, outputs: tuple[int, int], extra: Sequence[str]) -> Forked:
        pid = child.fork()
        if pid == 0:
            os.close(self._opener)  # else the run would not notice that this process is gone
            child.main(folder, results, outputs, extra, self._gate)
        return Forked(pid)
