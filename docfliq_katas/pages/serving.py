"""`kata docs`: the site on this machine, with the reader's progress, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from watchfiles import awatch

from docfliq_katas import starter
from docfliq_katas.cli import voice
from docfliq_katas.errors import Misuse
from docfliq_katas.pages import site
from docfliq_katas.pages.served import Board, application
from docfliq_katas.state import project_root, state_dir

if TYPE_CHECKING:
    from collections.abc import Generator

    from docfliq_katas.pages.served import Files

_HOST = "127.0.0.1"
_PORT = 8000
_FAULTY = 1
_PATIENCE = 3  # seconds that open pages have to let go


def serve(port: int = _PORT) -> int:
    """Write the generated parts and serve the site on this machine until interrupted.

    A page that is written by hand is shown anew when it is saved; a changed lesson needs another `serve`.

    Args:
        port: Where to listen on 127.0.0.1; 0 takes a free port.

    Returns:
        0, or 1 where MkDocs cannot build the site.

    Raises:
        Misuse: the port is taken, a lesson is incomplete, or its colours are wrong.
    """
    _listener(port).close()  # told now, and not after the lessons have run
    try:
        voice.say("Writing the pages: lessons that have changed are run first …")
        site.build_pages()
        files = _built()
        if files is None:
            return _FAULTY
        asyncio.run(_serve(Board(starter.published(), files), _listener(port)))
    except KeyboardInterrupt:
        voice.say("Stopped.")
    return 0


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        raise Misuse(f"port {port} cannot be used ({error.strerror}): `kata docs --port 0` takes a free one") from None


def _built() -> Files | None:
    """Build the site and take it into memory, so that nothing of it is left behind; None when MkDocs refuses a page."""
    with tempfile.TemporaryDirectory(prefix="kata-docs-") as name:
        folder = Path(name)
        if site.render(folder):
            return None
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def _serve(board: Board, listener: socket.socket) -> None:
    server = _Server(uvicorn.Config(application(board), log_level="warning", timeout_graceful_shutdown=_PATIENCE))

    def end() -> None:
        board.close()
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)
    # Begun in this order, so that they listen before the server says where it is, and nothing is missed.
    watching = [asyncio.create_task(_follow_progress(board)), asyncio.create_task(_follow_pages(board))]
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await asyncio.wait([serving, *watching], return_when=asyncio.FIRST_COMPLETED)
    finally:
        end()
        for task in watching:
            task.cancel()
        await asyncio.wait([serving, *watching])
    for task in (serving, *watching):
        if not task.cancelled():
            task.result()  # a fault of one is told
    voice.say("Stopped.")


async def _follow_progress(board: Board) -> None:
    async for _ in awatch(
        state_dir(), watch_filter=lambda _, path: Path(path).name == "progress.json", recursive=False
    ):
        board.tell()


async def _follow_pages(board: Board) -> None:
    """Build the site anew when somebody saves a page; what cannot be built leaves the last one in place."""
    root = project_root()
    async for saved in awatch(root / "docs", root / "mkdocs.yml"):
        first = min(Path(path).relative_to(root).as_posix() for _, path in saved)
        voice.say(f"{first} was saved: building …")
        files = await asyncio.to_thread(_built)
        if files is None:
            voice.say("The pages stay as they were.")
        else:
            board.show(files)


class _Server(uvicorn.Server):
    """Uvicorn in the voice of `kata`, and without its signal handlers: Ctrl-C has to end the streams first."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or []:
            voice.say(f"The site is at http://{_HOST}:{each.getsockname()[1]}/ (Ctrl-C ends it)")

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
