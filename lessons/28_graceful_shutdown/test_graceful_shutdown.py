"""SIGTERM ends the server soon, and what it had begun is finished."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from docfliq_katas.probes.processes import LISTENS, Processes, SliceProcess
from docfliq_katas.probes.verdict import refuse
from redis.asyncio import Redis

from seed import follow, followers, inboxes

API = "/api/v1"
ROUNDS = f"{API}/channels/cardiology-rounds/announcements"
FEVERS = f"{API}/channels/paediatric-fevers/announcements"
BONES = f"{API}/channels/bone-and-joint/announcements"
STREAM = f"{API}/users/imran/notifications/stream"
HEARTBEAT, PAUSE = "0.02", "0.02"  # seconds; what the slice waits for is counted in these
GUARD = 20.0  # seconds; only against hanging
BEATS = 10  # heartbeats after the signal that prove that a stream goes on
UVICORNS_OWN = 8000  # the port that uvicorn takes where it is given none
REQUESTS = 500  # uvicorn looks for a signal ten times a second; these take it longer
STOPPING = "Shutting down"  # what uvicorn says when it takes no new requests any more
TEXT = "Grand rounds at 7."
BODY = json.dumps({"text": TEXT}).encode()
ENDS = "a server that ends"

Start = Callable[..., Awaitable[SliceProcess]]


class HalfSent:
    """A request for an announcement whose body the test holds back: the app waits for it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def finish(self) -> str:
        """Send the body, and return the first line of the answer, or nothing where none comes."""
        with suppress(ConnectionError, TimeoutError):
            self._writer.write(BODY)
            await self._writer.drain()
            async with asyncio.timeout(GUARD):
                return (await self._reader.readline()).decode().strip()
        return ""


@pytest.fixture
def start(processes: Processes, valkey: Redis) -> Start:
    """Return a function that starts `python -m src.serve` as a deployment does."""

    async def start(grace: int = 60) -> SliceProcess:
        env = {
            "PORT": "0",
            "GRACE_SECONDS": str(grace),
            "HEARTBEAT_SECONDS": HEARTBEAT,
            "FANOUT_BATCH": "1",
            "FANOUT_PAUSE": PAUSE,
        }
        server = await processes.python("-m", "src.serve", ready=LISTENS, env=env)
        if httpx.URL(server.url).port == UVICORNS_OWN:
            refuse(
                saw=f"PORT was 0, and the server listens at {UVICORNS_OWN}",
                wants="settings that keep their meaning",
                look_at="src/serve.py (main)",
            )
        return server

    return start


@pytest.mark.guideline("L329")
async def test_what_was_accepted_is_done(start: Start, valkey: Redis) -> None:
    """A request in flight is answered, and what its 202 promised happens before the end."""
    doctors = followers(60)
    await follow(valkey, "cardiology-rounds", doctors)
    await follow(valkey, "paediatric-fevers", [*doctors[:30], "farah"])
    await follow(valkey, "bone-and-joint", ["farah"])
    await valkey.set("inbox:farah", "no stream: work that fails takes no other work with it")
    server = await start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        await accepted(client, BONES, TEXT)
    await server.says("WRONGTYPE", wants="the cause in the log when work fails, as before")
    async with half_sent(server, FEVERS) as one, half_sent(server, ROUNDS) as other:
        await told(server)
        for request in (one, other):
            status = await request.finish()
            if " 202 " not in status:
                refuse(
                    saw=f"a request was in flight at SIGTERM: {status or 'it got no answer'}",
                    wants="an answer for every request that was in flight",
                    look_at="src/serve.py",
                )
    await server.ended(wants=ENDS)
    if await inboxes(valkey, doctors, TEXT) < len(doctors):
        refuse(
            saw="the announcement was answered 202, and the server ended before all its"
            " followers were told",
            wants="an end that waits for the work that was promised",
            look_at="src/main.py (lifespan)",
        )


@pytest.mark.guideline("L329")
async def test_an_open_stream_does_not_hold_the_server(start: Start, valkey: Redis) -> None:
    """A stream that never ends by itself ends with the signal, and the server with it."""
    await follow(valkey, "cardiology-rounds", ["imran"])
    server = await start()
    async with httpx.AsyncClient(base_url=server.url, timeout=GUARD) as client:
        await accepted(client, ROUNDS, "Before.")
    async with listening(server) as lines:
        if not (await event(lines, "Before.") and await beats(lines, BEATS)):
            refuse(
                saw="the stream ended by itself, and nobody had told the server to end",
                wants="a stream that stays open until the server ends",
                look_at="src/notifications/service.py (follow)",
            )
        await told(server)
        await valkey.xadd("inbox:imran", {"text": "After."})
        if await event(lines, "After.") and await beats(lines, BEATS):
            refuse(
                saw=f"{BEATS} heartbeats after SIGTERM the stream is still open,"
                " and uvicorn waits for it",
                wants="a stream that ends when the server is told to",
                look_at="src/main.py (lifespan)",
            )
    code = await server.ended(wants=ENDS)
    trouble = [line for line in server.output if "Traceback" in line or "ERROR" in line]
    if code not in {0, -signal.SIGTERM} or trouble:
        refuse(
            saw=f"exit code {code}; {trouble[0] if trouble else 'no error in the log'}",
            wants="an end without an error",
            look_at="src/main.py (lifespan)",
        )


@pytest.mark.guideline("L329")
async def test_nobody_holds_the_server_for_ever(start: Start, valkey: Redis) -> None:
    """After GRACE_SECONDS the server gives up on a client, and after as many again on its work."""
    doctors = followers(250)
    await follow(valkey, "cardiology-rounds", doctors)
    server = await start(grace=1)
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=GUARD) as client,
        half_sent(server, ROUNDS),
    ):
        await accepted(client, ROUNDS, TEXT)
        server.terminate()
        if await inboxes(valkey, doctors, TEXT) == len(doctors):
            refuse(
                saw="the answer came after the last of 250 followers had been told",
                wants="a 202 at once",
                look_at="src/channels/router.py (announce)",
            )
        await server.ended(wants="an end, whatever a client does")
    if await inboxes(valkey, doctors, TEXT) == len(doctors):
        refuse(
            saw="the server stayed until the last of 250 followers had been told, 5 s and more,"
            " and GRACE_SECONDS was 1",
            wants="an end in bounded time: the platform kills whoever stays",
            look_at="src/main.py (lifespan)",
        )


@asynccontextmanager
async def half_sent(server: SliceProcess, path: str) -> AsyncIterator[HalfSent]:
    """Send the head of a request, and wait until the app asks for its body."""
    address = httpx.URL(server.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: docfliq\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        async with asyncio.timeout(GUARD):
            await reader.readuntil(b"100 Continue\r\n\r\n")
        yield HalfSent(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def listening(server: SliceProcess) -> AsyncIterator[AsyncIterator[str]]:
    """Open the stream of Imran's notifications, and give its lines; a cut is an end as well."""

    async def lines(stream: httpx.Response) -> AsyncIterator[str]:
        with suppress(httpx.RemoteProtocolError):
            async for line in stream.aiter_lines():
                yield line

    async with (
        httpx.AsyncClient(base_url=server.url, timeout=GUARD) as client,
        client.stream("GET", STREAM) as stream,
    ):
        yield lines(stream)


async def told(server: SliceProcess) -> None:
    """Send SIGTERM, and ask on until uvicorn says that it takes no new requests."""
    __tracebackhide__ = True
    server.terminate()
    saw = f"SIGTERM did not reach uvicorn, which has taken {REQUESTS} more requests since"
    async with httpx.AsyncClient(base_url=server.url) as client:
        for _ in range(REQUESTS):
            if any(STOPPING in line for line in server.output):
                return
            try:
                await client.get("/")
            except httpx.TransportError:
                saw = "the server was gone at once, and uvicorn had not begun to finish anything"
    refuse(
        saw=saw,
        wants="a SIGTERM that reaches uvicorn, which finishes what is in flight",
        look_at="src/main.py (lifespan)",
    )


async def beats(lines: AsyncIterator[str], count: int) -> bool:
    """Read on until so many heartbeats have come; say whether they came before the end."""
    async for line in lines:
        count -= line.startswith(":")
        if not count:
            return True
    return False


async def event(lines: AsyncIterator[str], text: str) -> bool:
    """Read on until this notification has come; say whether it came before the end."""
    async for line in lines:
        if line == f"data: {text}":
            return True
    return False


async def accepted(client: httpx.AsyncClient, path: str, text: str) -> None:
    """Announce, and demand a 202."""
    __tracebackhide__ = True
    response = await client.post(path, json={"text": text})
    if response.status_code != httpx.codes.ACCEPTED:
        refuse(saw=f"status {response.status_code}: {response.text}", wants="a 202, as before")
