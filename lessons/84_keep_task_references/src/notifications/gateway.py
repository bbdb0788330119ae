import asyncio
import json

_CONNECT_SECONDS = 5


class GatewayError(Exception):
    pass


class PushGateway:
    """The line protocol of our push provider: a connection for each push."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def push(self, device: str, text: str) -> str:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(json.dumps({"device": device, "text": text}).encode() + b"\n")
            # The provider waits for a sleeping phone, and says "expired" after ten minutes.
            line = await reader.readline()
        finally:
            writer.close()
        answer = json.loads(line or '{"error": "cut off"}')
        if "error" in answer:
            raise GatewayError(answer["error"])
        return str(answer["status"])
