# noqa: INP001 - pytest imports lessons by path
"""The push provider, on a real socket: it waits for phones that sleep, and knows who left it."""

import asyncio
import json
from collections import Counter
from secrets import token_hex
from typing import Self


class Phones:
    """Answers for the phones of doctors; every push that has no other order is delivered.

    Attributes:
        asked: the pushes that came in.
        cut_off: those whose client was gone before the phone had answered.
        closed: those whose connection is closed again.
        texts: how often each device was sent a text.
        refusal: what the provider says when it fails, in other words for each test.

    """

    def __init__(self) -> None:
        self.asked = self.cut_off = self.closed = 0
        self.texts: Counter[tuple[str, str]] = Counter()
        self.refusal = f"quota exceeded, incident {token_hex(4)}"
        self._unregistered: set[str] = set()
        self._refused: set[str] = set()
        self._garbled: set[str] = set()
        self._asleep: dict[str, asyncio.Event] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.wake_all()
        self._server.close()

    def give_back(self, *devices: str) -> None:
        """From now on the app is not on these phones any more."""
        self._unregistered |= set(devices)

    def refuse(self, *devices: str) -> None:
        """From now on the provider fails for these phones."""
        self._refused |= set(devices)

    def garble(self, *devices: str) -> None:
        """From now on the answer for these phones is the page of a proxy, and no JSON."""
        self._garbled |= set(devices)

    def put_to_sleep(self, *devices: str) -> None:
        """From now on a push to these phones waits."""
        self._asleep |= {device: asyncio.Event() for device in devices}

    def wake(self, *devices: str) -> None:
        """Let these phones answer."""
        for device in devices:
            self._asleep[device].set()

    def wake_all(self) -> None:
        """Let every phone answer."""
        self.wake(*self._asleep)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        push = json.loads(await reader.readline())
        device = push["device"]
        self.texts[device, push["text"]] += 1
        self.asked += 1
        gone = asyncio.ensure_future(reader.read())
        if device in self._asleep:
            awake = asyncio.ensure_future(self._asleep[device].wait())
            await asyncio.wait({gone, awake}, return_when=asyncio.FIRST_COMPLETED)
            awake.cancel()
        if gone.done():
            self.cut_off += 1
        else:
            writer.write(self._answer(device))
        await gone
        self.closed += 1

    def _answer(self, device: str) -> bytes:
        if device in self._garbled:
            return b"<h1>502 Bad Gateway</h1>\n"
        status = "unregistered" if device in self._unregistered else "delivered"
        answer = {"error": self.refusal} if device in self._refused else {"status": status}
        return json.dumps(answer).encode() + b"\n"
