"""While one request computes, the event loop serves everybody else."""

import asyncio
import struct
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest
from anyio.to_thread import current_default_thread_limiter
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.event_loop import LoopProbe
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient

from src.main import create_app

READINGS, DRAWINGS = "/api/v1/ecg/readings", "/api/v1/ecg/drawings"

NORMAL = [*range(0, 1000, 50), *range(1000, 0, -50), *[0] * 60, *range(0, 200, 5), *[200] * 40]
ODD = [*range(0, -900, -30), *range(-900, 1500, 60), *range(1500, 0, -30), *[0] * 280]
STEADY = 400  # samples from one beat to the next, 0.8 s

OTHERS_ARE_SERVED = "an event loop that serves others while one request computes"
ALL_OF_IT = "what the whole strip says"


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    """Serve the app, once it has read a short strip: first calls load modules, start threads."""
    async with serve(create_app()) as client:
        await client.post(READINGS, json=strip(*beats(12)))
        yield client


@pytest.mark.guideline("L23", "L218")
async def test_others_are_served_while_a_strip_is_read(
    client: AsyncClient, loop_probe: LoopProbe, serve: Serve
) -> None:
    """Reading a strip of two minutes costs time to the doctor who sent it, and to nobody else."""
    recording = strip(*beats(133), *beats(1, every=801), *beats(2), ODD, *beats(2), ODD, NORMAL)
    async with loop_probe.watch() as heartbeat:
        reading = asyncio.create_task(client.post(READINGS, json=recording))
        health = await client.get("/health")
        response = await reading
    heartbeat.assert_free(wants=OTHERS_ARE_SERVED)
    serve.expect(health, 200, wants=OTHERS_ARE_SERVED)
    answer = serve.expect(response, 200, wants="an answer, however long the strip is").json()
    expected = {"beats": 141, "rate": 74, "longest_pause_ms": 1602, "odd_beats": 2}
    expect_equal(answer, expected, wants=ALL_OF_IT)


@pytest.mark.guideline("L23", "L218")
async def test_others_are_served_while_a_strip_is_drawn(
    client: AsyncClient, loop_probe: LoopProbe, serve: Serve
) -> None:
    """Drawing a strip does not hold up the others either."""
    recording = strip(*beats(220), ODD)
    async with loop_probe.watch() as heartbeat:
        drawing = asyncio.create_task(client.post(DRAWINGS, json=recording))
        health = await client.get("/health")
        response = await drawing
    heartbeat.assert_free(wants=OTHERS_ARE_SERVED)
    serve.expect(health, 200, wants=OTHERS_ARE_SERVED)
    highs = serve.expect(response, 200, wants="an answer, however long the strip is").json()[
        "highs"
    ]
    expect_equal(highs.index(max(highs)), 597, name="the column of the odd beat", wants=ALL_OF_IT)


@pytest.mark.guideline("L218")
async def test_health_needs_no_worker_thread(client: AsyncClient, serve: Serve) -> None:
    """GET /health is answered while all the threads that `def` routes run in are computing."""
    limiter = current_default_thread_limiter()
    computing = [object() for _ in range(int(limiter.available_tokens))]
    for computation in computing:
        limiter.acquire_on_behalf_of_nowait(computation)
    asking = asyncio.create_task(client.get("/health"))
    while not asking.done() and not limiter.statistics().tasks_waiting:  # noqa: ASYNC110
        await asyncio.sleep(0)
    waited = limiter.statistics().tasks_waiting
    for computation in computing:
        limiter.release_on_behalf_of(computation)
    health = await asking
    if waited:
        refuse(
            saw=f"{len(computing)} threads were computing, and GET /health waited for one of them",
            wants="a route with nothing to compute, and nothing to wait for, on the event loop",
            look_at="src/health.py (health)",
        )
    serve.expect(health, 200, wants="a health check that always answers")


@pytest.mark.guideline("L23")
async def test_a_reading_is_that_of_its_strip(client: AsyncClient, serve: Serve) -> None:
    """Strips that come at the same time are each read for themselves."""
    strips = {
        "steady": strip(*beats(13)),
        "fast": strip(*beats(25, every=250)),
        "a pause": strip(*beats(8), *beats(1, every=1251), *beats(6)),
        "odd beats": strip(*beats(5), ODD, *beats(3), ODD, *beats(5)),
        "one beat": strip([0] * 2000, NORMAL, [0] * 3000),
        "no beat": sent([700] * 5000),
    }
    posts = [client.post(READINGS, json=recording) for recording in strips.values()]
    responses = await asyncio.gather(*posts)
    seen = {
        name: list(serve.expect(response, 200, wants="an answer for each").json().values())
        for name, response in zip(strips, responses, strict=True)
    }
    expected = {
        "steady": [13, 75, 800, 0],
        "fast": [25, 120, 500, 0],
        "a pause": [15, 65, 2502, 0],
        "odd beats": [15, 75, 880, 2],
        "one beat": [1, None, None, 0],
        "no beat": [0, None, None, 0],
    }
    expect_equal(seen, expected, name="beats, rate, longest_pause_ms, odd_beats", wants=ALL_OF_IT)


@pytest.mark.guideline("L23")
async def test_a_drawing_shows_every_spike(client: AsyncClient, serve: Serve) -> None:
    """A drawing has 600 columns, each with the lowest and the highest sample of its part."""
    spikes = [500] * 2500 + [1500] + [500] * 1249 + [-300] + [500] * 2249
    response = await client.post(DRAWINGS, json=sent(spikes))
    drawing = serve.expect(response, 200, wants="a drawing").json()
    lows, highs = [0] * 600, [0] * 600
    highs[250], lows[375] = 1000, -800
    expect_equal(drawing, {"lows": lows, "highs": highs}, name="drawing", wants=ALL_OF_IT)


@pytest.mark.guideline("L218")
async def test_what_is_no_strip_is_refused(client: AsyncClient, serve: Serve) -> None:
    """A strip of less than ten seconds, or with half a sample, is a 422 on both routes."""
    for samples in (bytes(9998), bytes(10_001)):
        for path in (READINGS, DRAWINGS):
            response = await client.post(path, json={"samples": b64encode(samples).decode()})
            serve.expect(response, 422, wants="a refusal of what cannot be read")


def beats(count: int, *, every: int = STEADY) -> list[list[int]]:
    """Return so many normal beats, each with the rest until the next."""
    return [NORMAL + [0] * (every - len(NORMAL))] * count


def strip(*parts: list[int]) -> dict[str, str]:
    """Return a recording as the app sends it: one second of rest, these parts, and some tremor."""
    samples = [
        sample + at * at % 17 for part in ([0] * 500, *parts) for at, sample in enumerate(part)
    ]
    return sent(samples)


def sent(samples: list[int]) -> dict[str, str]:
    """Return samples as the app sends them."""
    return {"samples": b64encode(struct.pack(f"<{len(samples)}h", *samples)).decode()}
