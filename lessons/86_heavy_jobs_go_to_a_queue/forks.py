# noqa: INP001 - pytest imports lessons by path
"""Processes of the slice to be killed: forks of the test's, which have all libraries ready."""

import gc
import os
import signal
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from jobs import fresh
from taskiq.cli.worker.args import WorkerArgs
from taskiq.cli.worker.run import start_listen

_BACKLOG = 16


class Forked:
    """A process of the slice, until it ends or is killed."""

    def __init__(self, run: Callable[[], object]) -> None:
        ours, theirs = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside other threads
            self._pid = os.fork()
        if self._pid == 0:
            os.close(theirs)
            _live(run, ours)
        os.close(ours)
        self._leash: int | None = theirs
        self._buried = False

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        self._buried = self._buried or os.waitpid(self._pid, os.WNOHANG)[0] != 0
        return self._buried

    def kill(self) -> None:
        """End it at once, as a power failure does, and wait until it is gone."""
        if not self.ended:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._buried = True
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None


def _live(run: Callable[[], object], leash: int) -> None:
    """Run in the child, at most for as long as the parent lives, and never return."""

    def end_with_the_parent() -> None:
        os.read(leash, 1)
        os._exit(1)

    try:
        gc.freeze()  # what is open belongs to the parent
        threading.Thread(target=end_with_the_parent, daemon=True).start()
        run()
    finally:
        os._exit(1)


@contextmanager
def taskiq_worker() -> Iterator[Forked]:
    """Fork what `taskiq worker src.worker:create_broker src.media.tasks` forks."""

    def run() -> None:
        fresh("src")
        start_listen(WorkerArgs("src.worker:create_broker", ["src.media.tasks"]))

    process = Forked(run)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def uvicorn_server() -> Iterator[tuple[Forked, str]]:
    """Fork what `uvicorn src.main:create_app --factory` is, and give its address too."""
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def run() -> None:
            fresh("src")
            config = uvicorn.Config("src.main:create_app", factory=True, log_config=None)
            uvicorn.Server(config).run(sockets=[listening])

        process = Forked(run)
    try:
        yield process, url
    finally:
        process.kill()
