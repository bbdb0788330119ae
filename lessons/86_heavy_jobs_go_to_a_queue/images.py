# noqa: INP001 - pytest imports lessons by path
"""The image service, on a real socket: it knows which process asks, and can be slow or broken."""

import asyncio
import json
from dataclasses import dataclass
from typing import Self

WEB, WORKER = "web", "worker"
SIZES = {150: 9_000, 600: 70_000, 1200: 240_000}
REFUSED = "503 Service Unavailable", b"{}"
GARBLED = "200 OK", b"<html>The image service is starting.</html>"


@dataclass(frozen=True)
class Call:
    """One rendition that was asked for.

    Attributes:
        who: `WEB` or `WORKER`: each process has an address of its own for the service.
        width: how wide it should become.

    """

    who: str
    width: int


class ImageService:
    """Scales nothing, but answers as if it had.

    Attributes:
        calls: every rendition that was asked for, in order, also those that were refused.

    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._failures: dict[int, int] = {}
        self._failure = REFUSED
        self._open = asyncio.Event()
        self._open.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release()
        self._server.close()

    def url_for(self, who: str) -> str:
        """Return the address that a process has for the service."""
        return f"http://127.0.0.1:{self._port}/{who}"

    def made_by(self, who: str) -> int:
        """Return how many renditions a process has asked for."""
        return sum(call.who == who for call in self.calls)

    def attempts(self) -> int:
        """Return how often the job was begun: as often as its most wanted width was asked for."""
        widths = [call.width for call in self.calls]
        return max(map(widths.count, widths), default=0)

    def fail(self, width: int, times: int, failure: tuple[str, bytes] = REFUSED) -> None:
        """Answer the next few calls for that width with a failure."""
        self._failures[width], self._failure = times, failure

    def hold(self) -> None:
        """From now on let every call wait."""
        self._open.clear()

    def release(self) -> None:
        """Answer the calls that wait, and all others."""
        self._open.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = head.lower().partition("content-length:")[2].split("\r\n")[0]
            wanted = json.loads(await reader.readexactly(int(length)))
            self.calls.append(Call(head.split()[1].split("/")[1], wanted["width"]))
            await self._open.wait()
            writer.write(self._response(**wanted))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked is gone
        finally:
            writer.close()

    def _response(self, object_key: str, width: int) -> bytes:
        status, body = self._failure
        if self._failures.get(width, 0) == 0:
            made = {"object_key": rendition_key(object_key, width), "size_bytes": SIZES[width]}
            status, body = "201 Created", json.dumps(made).encode()
        else:
            self._failures[width] -= 1
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return head.encode() + body


def rendition_key(object_key: str, width: int) -> str:
    """Return where the service puts a rendition."""
    return f"{object_key}.{width}.webp"
