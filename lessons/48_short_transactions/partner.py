# noqa: INP001 - pytest imports lessons by path
"""Razorpay, on a real socket: it takes as long as the test wants, and can be out of order."""

import asyncio
import json
from collections import Counter
from typing import Self

from docfliq_katas.probes.gate import Gate

CONFLICT, BROKEN = "409 Conflict", "503 Service Unavailable"


class Partner:
    """Refunds money once for every key, as Razorpay does, and knows about settlements.

    Attributes:
        gate: where every call waits; the test opens it.
        asked: how many calls have arrived.
        broken: how many of the next calls are refused.
        refunds: how often money was sent back, by payment.

    """

    def __init__(self) -> None:
        self.gate = Gate()
        self.asked = 0
        self.broken = 0
        self.refunds: Counter[str] = Counter()
        self._keys: dict[str, str | None] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.gate.open()
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.splitlines()
            fields = dict(line.lower().split(": ", 1) for line in lines if line)
            await reader.readexactly(int(fields.get("content-length", 0)))
            self.asked += 1
            status, body = await self._result(first.split()[1], fields)
            said = json.dumps(body).encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(said)}\r\n"
                "Content-Type: application/json\r\nConnection: close\r\n\r\n".encode()
                + said
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked is gone
        finally:
            writer.close()

    async def _result(self, path: str, fields: dict[str, str]) -> tuple[str, dict[str, object]]:
        payment, what = path.split("/")[3:5]
        if self.broken:
            self.broken -= 1
            return BROKEN, {}
        if what == "settlement":
            await self.gate.wait_async()
            return "200 OK", {"settlement_id": f"setl_{payment}", "is_paid_out": True}
        return await self._refund(payment, fields.get("x-refund-idempotency"))

    async def _refund(self, payment: str, key: str | None) -> tuple[str, dict[str, object]]:
        if key in self._keys and self._keys[key] is None:
            return CONFLICT, {}
        refund = self._keys.get(key or "")
        if key:
            self._keys[key] = refund
        await self.gate.wait_async()
        if refund is None:
            self.refunds[payment] += 1
            refund = f"rfnd_{payment}_{self.refunds[payment]}"
        if key:
            self._keys[key] = refund
        return "200 OK", {"id": refund, "status": "processed"}
