"""SIGTERM ends the server soon, and what it had begun is finished."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx
import pytest
from docfliq_katas.probes.processes import LISTENS, Processes, SliceProcess
from docfliq_katas.probes.verdict import refuse
from door import Door
from redis.asyncio import Redis

from seed import follow, followers, inboxes

API = "/api/v1"
ROUNDS = f"{API}/channels/cardiology-rounds/announcements"
FEVERS = f"{API}/channels/paediatric-fevers/announcements"
BONES = f"{API}/channels/bone-and-joint/announcements"
SPINE = f"{API}/channels/spine-surgery/announcements"
STREAM = f"{API}/users/imran/notifications/stream"
HEARTBEAT = 0.02  # seconds; what the slice waits for is counted in heartbeats and in pauses
GUARD = 20.0  # seconds; only against hanging
PATIENCE = 10.0  # seconds; the same, for a server that holds on to a client
BEATS = 10  # heartbeats after the signal that prove that a stream goes on
MANY = 8  # announcements under way at once, which share one grace
OTHERS = 20  # requests that come and go while one is not answered
UVICORNS_OWN = 8000  # the port that uvicorn takes where it is given none
REQUESTS = 500  # uvicorn looks for a signal ten times a second; these take it longer
STOPPING = "Shutting down"  # what uvicorn says when it takes no new requests any more
TEXT = "Grand rounds at 7."
FEVER = "New fever sheet."
SPINE_TEXT = "Theatre 2 is closed."
ENDS = "a server that ends"

Start = Callable[..., Awaitable[SliceProcess]]


class HalfSent:
    """A request for an announcement whose body the test holds back: the app waits for it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes
    ) -> None:
        self._reader, self._writer, self._body = reader, writer, body

    def finish(self) -> None:
        """Send the body."""
        self._writer.write(self._body)

    async def answer(self) -> str | None:
        """Return the first line of the answer, nothing where it is cut off, None where it waits."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                with suppress(ConnectionError):
                    return (await self._reader.readline()).decode().strip()
                return ""
        return None


@pytest.fixture
def start(processes: Processes, valkey: Redis) -> Start:
    """Return a function that starts `python -m src.serve` as a deployment does."""

    async def start(grace: int = 60, pause: float = 0.02, **env: str) -> SliceProcess:
        env |= {
            "PORT": "0",
            "GRACE_SECONDS": str(grace),
            "HEARTBEAT_SECONDS": str(HEARTBEAT),
            "FANOUT_BATCH": "1",
            "FANOUT_PAUSE": str(pause),
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
    doctors = followers(25)
    first, few = doctors[:15], doctors[:3]
    await follow(valkey, "cardiology-rounds", doctors)
    await follow(valkey, "paediatric-fevers", [*first, "farah"])
    await follow(valkey, "bone-and-joint", ["farah"])
    await follow(valkey, "spine-surgery", few)
    await valkey.set("inbox:farah", "no stream: work that fails takes no other work with it")
    async with Door(os.environ["REDIS_URL"], SPINE_TEXT) as door:
        slow = partial(start, grace=1, REDIS_URL=door.url)
        server, other_server = await asyncio.gather(start(), slow())
        held_up = asyncio.create_task(end_with_a_stuck_client(other_server, door))
        async with httpx.AsyncClient(base_url=server.url) as client:
            await accepted(client, BONES, TEXT)
        await server.says("WRONGTYPE", wants="the cause in the log when work fails, as before")
        async with half_sent(server, FEVERS, FEVER) as one, half_sent(server, ROUNDS, TEXT) as two:
            await told(server)
            one.finish()
            two.finish()
            for request in (one, two):
                status = await request.answer() or "it got no answer"
                if " 202 " not in status:
                    refuse(
                        saw=f"a request was in flight at SIGTERM: {status}",
                        wants="an answer for every request that was in flight",
                        look_at="src/serve.py",
                    )
        await server.ended(wants=ENDS)
        await held_up
    has_failed = await inboxes(valkey, first, FEVER) == len(first)  # the next one is Farah
    all_told = await inboxes(valkey, doctors, TEXT) == len(doctors)
    if has_failed and not all_told:
        refuse(
            saw="two announcements were under way; one failed while the server waited for both,"
            " and the server ended before the other was done",
            wants="an end that waits for all work, also when one piece of it fails",
            look_at="src/main.py (lifespan)",
        )
    if not (has_failed and all_told):
        refuse(
            saw="the announcement was answered 202, and the server ended before all its"
            " followers were told",
            wants="an end that waits for the work that was promised",
            look_at="src/main.py (lifespan)",
        )
    if await inboxes(valkey, few, SPINE_TEXT) < len(few):
        refuse(
            saw="GRACE_SECONDS after SIGTERM the server gave up on a client that was stuck, and"
            " with it on an announcement that it had answered 202",
            wants="as many seconds again for the work that was promised",
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
        if not (await event(lines, "Before.") and await beats(lines, 3)):
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
    """The server gives up on its work after GRACE_SECONDS, however much is left."""
    doctors = followers(60)
    await follow(valkey, "cardiology-rounds", doctors)
    async with Door(os.environ["REDIS_URL"], TEXT) as door:
        server = await start(grace=1, pause=0.05, REDIS_URL=door.url)
        for _ in range(MANY):
            await promised(server, door, ROUNDS, TEXT)
        server.terminate()
        door.open(TEXT)
        await server.ended(wants="an end, whatever is left to do")
    if await inboxes(valkey, doctors[-1:], TEXT):
        refuse(
            saw=f"{MANY} announcements were under way, GRACE_SECONDS was 1, and the server stayed"
            f" until the last of {len(doctors)} followers had been told, 3 s and more",
            wants="an end in bounded time, however much work is left: the platform kills whoever"
            " stays",
            look_at="src/main.py (lifespan)",
        )


@asynccontextmanager
async def half_sent(server: SliceProcess, path: str, text: str) -> AsyncIterator[HalfSent]:
    """Send the head of an announcement, and wait until the app asks for its body."""
    address = httpx.URL(server.url)
    body = json.dumps({"text": text}).encode()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: docfliq\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        async with asyncio.timeout(GUARD):
            await reader.readuntil(b"100 Continue\r\n\r\n")
        yield HalfSent(reader, writer, body)
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


async def end_with_a_stuck_client(server: SliceProcess, door: Door) -> None:
    """Promise work that has to wait, and end the server while a client never sends its body."""
    __tracebackhide__ = True
    async with half_sent(server, SPINE, TEXT) as stuck:
        await promised(server, door, SPINE, SPINE_TEXT)
        server.terminate()
        if await stuck.answer() is None:
            refuse(
                saw=f"GRACE_SECONDS was 1, and {PATIENCE:.0f} s after SIGTERM the server still"
                " waited for a client that sent nothing",
                wants="an end, whatever a client does",
                look_at="src/serve.py",
            )
        door.open(SPINE_TEXT)
        await server.ended(wants="an end, whatever is left to do")


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


async def promised(server: SliceProcess, door: Door, path: str, text: str) -> None:
    """Announce, and demand a 202 while nobody can be told."""
    __tracebackhide__ = True
    async with httpx.AsyncClient(base_url=server.url, timeout=GUARD) as client:
        answer = asyncio.create_task(accepted(client, path, text))
        came = asyncio.create_task(door.came(text))
        await asyncio.wait({answer, came}, timeout=GUARD, return_when=asyncio.FIRST_COMPLETED)
        came.cancel()
        for _ in range(OTHERS):
            if not answer.done():
                await client.get("/")
        if not answer.done():
            answer.cancel()
            refuse(
                saw="an announcement was not answered before its first follower was told, and"
                f" {OTHERS} other requests were",
                wants="a 202 at once",
                look_at="src/channels/router.py (announce)",
            )
        await answer
