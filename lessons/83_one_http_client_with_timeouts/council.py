# noqa: INP001 - pytest imports lessons by path
"""The medical council's register: a real HTTP server that counts, and has its slow days."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit

from docfliq_katas.probes.verdict import refuse

KEY = "docfliq-key-1"
ASHA, ROHAN, NOBODY = "KL-20417", "MH-31188", "KL-00000"
BROKEN, HALF, SILENT, TRICKLE = "DL-90001", "DL-90002", "DL-90003", "DL-90004"
DRIP = 1.0  # seconds between two bytes of a trickle
LOOKS = 60
PAUSE = 0.01  # seconds between two looks, to leave the loop to the app


def _entry(number: str, full_name: str) -> dict[str, str]:
    return {"number": number, "full_name": full_name, "valid_until": "2029-03-31"}


DOCTORS = {
    number: _entry(number, full_name)
    for number, full_name in {
        ASHA: "Dr. Asha Menon",
        ROHAN: "Dr. Rohan Kulkarni",
        HALF: "Dr. Farah Siddiqui",
        SILENT: "Dr. Vikram Rao",
        TRICKLE: "Dr. Leela Menon",
    }.items()
}


class Council:
    """The register; some numbers are answered badly, so that it can be tried.

    Attributes:
        accepted: how many connections were opened, ever.
        connections: those that are open now.
        questions: what was asked, as `/v1/doctors/KL-20417`, in order.

    """

    def __init__(self) -> None:
        self.accepted = 0
        self.connections: set[asyncio.Protocol] = set()
        self.questions: list[str] = []
        self.released = asyncio.Event()  # what the slow numbers wait for

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self), "127.0.0.1", 0)
        self.url = "http://127.0.0.1:{1}/v1".format(*self._server.sockets[0].getsockname())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.released.set()

    async def until(self, look: Callable[[], bool]) -> bool:
        """Look again and again, as long as questions come, and return what was seen last."""
        looks, heard = 0, 0
        while not look() and looks < LOOKS:
            looks, heard = looks + 1 if heard == len(self.questions) else 0, len(self.questions)
            await asyncio.to_thread(time.sleep, PAUSE)  # the clock of the loop may stand still
        return look()

    async def asked(self, number: int) -> None:
        """Wait until so many questions have arrived.

        Raises:
            Verdict: they do not.

        """
        __tracebackhide__ = True
        if not await self.until(lambda: len(self.questions) >= number):
            refuse(
                saw=f"{len(self.questions)} of {number} questions at once reached the register",
                wants="as many questions under way at once as there are connections",
            )


class _Conversation(asyncio.Protocol):
    """One connection: question and answer in turn."""

    def __init__(self, council: Council) -> None:
        self._council = council
        self._received = b""
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is a TCP server
        self._transport = transport
        self._council.accepted += 1
        self._council.connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._council.connections.discard(self)
        if self._answering:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if end:
            self._received = rest
            self._answering = asyncio.create_task(self._answer(head.decode()))

    async def _answer(self, head: str) -> None:
        target = head.split(" ", 2)[1]
        self._council.questions.append(target)
        status, found = _look_up(target) if f"x-api-key: {KEY}" in head.lower() else (401, {})
        body = json.dumps(found).encode()
        kept = f"HTTP/1.1 {status} \r\nContent-Type: application/json\r\n"
        sized = f"{kept}Content-Length: {len(body)}\r\n\r\n".encode()
        if target.endswith(TRICKLE):
            self._transport.write(f"{kept}Transfer-Encoding: chunked\r\n\r\n".encode())
            while not self._council.released.is_set():
                self._transport.write(b"1\r\n \r\n")
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._council.released.wait(), DRIP)
            self._transport.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        elif target.endswith(HALF):
            self._transport.write(sized + body[:20])
            await self._council.released.wait()
            self._transport.write(body[20:])
        else:
            if target.endswith(SILENT):
                await self._council.released.wait()
            self._transport.write(sized + body)


def _look_up(target: str) -> tuple[int, object]:
    url = urlsplit(target)
    if url.path == "/v1/doctors":
        (name,) = parse_qs(url.query)["name"]
        found = [one for one in DOCTORS.values() if name.lower() in one["full_name"].lower()]
        return 200, {"items": found}
    number = url.path.removeprefix("/v1/doctors/")
    if number == BROKEN:
        return 500, {}
    return (200, DOCTORS[number]) if number in DOCTORS else (404, {})
