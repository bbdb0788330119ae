"""What was saved: a helper process listens to the system, so that this one stays without threads and may fork."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Self

from docfliq_katas import child
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Sequence

_SETTLED = 20  # milliseconds without a change after which a batch is complete: some editors write twice
_LONGEST = 200  # milliseconds after which a batch is told in any case
_PULSE = 1000  # milliseconds between two looks whether anybody listens still


class SavedFiles:
    """The files below some folders that were written, renamed or removed.

    Attributes:
        descriptor: readable when there is something to `read`.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._rest = b""
        self.descriptor, writing = os.pipe()
        parent = os.getpid()
        self._pid = child.fork()
        if self._pid == 0:
            os.close(self.descriptor)
            _listen(folders, writing, parent)
        os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def read(self) -> list[Path]:
        """Return the paths that were saved since the last call.

        Raises:
            Misuse: the helper process has died, or the system does not tell it of changes.
        """
        chunk = os.read(self.descriptor, 65536)
        *lines, self._rest = (self._rest + chunk).split(b"\0")
        if not chunk:
            why = self._rest.decode(errors="replace") or "its process has died"
            raise Misuse(f"saved files are not heard of ({why}): run `pytest lessons/NN` after each save instead")
        return [Path(os.fsdecode(line)) for line in lines]


def _listen(folders: Sequence[Path], writing: int, parent: int) -> NoReturn:
    """Write the path of every saved file to the pipe, a zero byte after each, until the parent is gone."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process
        import watchfiles  # noqa: PLC0415 - the parent never loads it: it starts a thread

        changes = watchfiles.watch(
            *folders,
            watch_filter=watchfiles.PythonFilter(extra_extensions=(".toml", ".md", ".lock", ".conf", ".ini", ".mako")),
            step=_SETTLED,
            debounce=_LONGEST,
            rust_timeout=_PULSE,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        for batch in changes:
            if os.getppid() != parent:
                break
            os.write(writing, b"".join(os.fsencode(path) + b"\0" for _, path in sorted(batch)))
    except Exception as error:  # noqa: BLE001 - the parent tells it
        os.write(writing, str(error).encode())  # without a zero byte: no path
    finally:
        os._exit(0)
