"""While one request waits for somebody outside, the event loop serves everybody else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from socket import socket

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.event_loop import LoopProbe
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response

from seed import Register, Silence
from src.main import create_app

CHECKS = "/api/v1/licence-checks"
ASHA = {"licence_number": "KL-2011-0457", "full_name": "Asha Menon"}
ROHAN = {"licence_number": "MH-2008/1192", "full_name": "Rohan Kulkarni"}
FOUND = {"licence_number": "KL-2011-0457", "result": "match", "council": "Kerala"}
FOUND_TOO = {"licence_number": "MH-2008/1192", "result": "match", "council": "Maharashtra"}

OTHERS_ARE_SERVED = "an event loop that serves others while one request waits"
SIDE_BY_SIDE = "checks that wait for the register, and not for each other"
THE_REGISTERS_WORD = "what the register says now, to this question"


@pytest.fixture
def pause() -> float:
    """Return the seconds before the second attempt: few, so that most tests are quick."""
    return 0.02


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Start the register, a real HTTP server on this machine, and tell the slice where it is."""
    with Register() as register:
        monkeypatch.setenv("REGISTER_GATEWAY", register.address)
        monkeypatch.setenv("REGISTER_PAUSE", "0.02")
        monkeypatch.setenv("REGISTER_TIMEOUT", "60")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield register


@pytest.fixture
async def warm(register: Register, serve: Serve) -> None:
    """Run a check with a pause in an app of its own: first calls load modules and start threads."""
    register.busy = 1
    async with serve(create_app()) as client:
        await client.post(CHECKS, json=ROHAN)
    register.questions.clear()
    register.pauses.clear()


@pytest.fixture
async def client(
    warm: None, pause: float, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("REGISTER_PAUSE", str(pause))
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L22", "L24", "L215")
@pytest.mark.parametrize(
    "silence",
    [
        pytest.param("before the answer", id="before-the-answer"),
        pytest.param("in the answer", id="in-the-answer"),
    ],
)
async def test_others_are_served_while_the_register_is_silent(
    silence: Silence,
    client: AsyncClient,
    register: Register,
    loop_probe: LoopProbe,
    serve: Serve,
) -> None:
    """The register may take its time with one doctor; everybody else is served meanwhile."""
    async with loop_probe.watch() as heartbeat:
        register.fall_silent(silence)
        checking = asyncio.create_task(client.post(CHECKS, json=ASHA))
        await register.asked(checking)
        health = await client.get("/health")
        register.speak()
        response = await checking
    heartbeat.assert_free(wants=OTHERS_ARE_SERVED)
    serve.expect(health, 200, wants=OTHERS_ARE_SERVED)
    if register.lost_patience:
        refuse(saw="GET /health had to wait for the register's answer", wants=OTHERS_ARE_SERVED)
    answer = serve.expect(response, 200, wants="an answer, however long the register takes").json()
    expect_equal(answer, FOUND, wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L24", "L215")
async def test_two_claims_are_checked_side_by_side(
    client: AsyncClient, register: Register, serve: Serve
) -> None:
    """The register has the second doctor's question before it has answered the first one's."""
    register.fall_silent()
    checks = [asyncio.create_task(client.post(CHECKS, json=claim)) for claim in (ASHA, ROHAN)]
    await register.asked(*checks)
    register.speak()
    responses = await asyncio.gather(*checks)
    if register.lost_patience:
        refuse(saw="the second question came after the answer to the first", wants=SIDE_BY_SIDE)
    answers = [serve.expect(response, 200, wants=SIDE_BY_SIDE).json() for response in responses]
    expect_equal(answers, [FOUND, FOUND_TOO], name="answers", wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L24", "L215")
@pytest.mark.parametrize("pause", [pytest.param(0.5, id="half-a-second")])
async def test_others_are_served_between_two_attempts(
    client: AsyncClient, register: Register, loop_probe: LoopProbe, serve: Serve
) -> None:
    """The pause before the next attempt is a pause for one request, not for the whole app."""
    register.busy = 1
    async with loop_probe.watch() as heartbeat:
        response = await client.post(CHECKS, json=ASHA)
    heartbeat.assert_free(wants=OTHERS_ARE_SERVED)
    answer = serve.expect(response, 200, wants="an answer at the second attempt").json()
    expect_equal(answer, FOUND, wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L22")
async def test_the_answer_is_the_registers(client: AsyncClient, serve: Serve) -> None:
    """Each claim gets its own answer: a match, another name, struck off, or no such licence."""
    seen = {}
    for number, name in [
        ("KL-2011-0457", "asha menon"),
        ("MH-2008/1192", "Asha Menon"),
        ("TN-1999-0031", "Vikram Rao"),
        ("KL-0000-0000", "Asha Menon"),
    ]:
        response = await client.post(CHECKS, json={"licence_number": number, "full_name": name})
        answer = serve.expect(response, 200, wants="an answer for every claim").json()
        seen[number] = (answer["result"], answer["council"])
    expected = {
        "KL-2011-0457": ("match", "Kerala"),
        "MH-2008/1192": ("name_differs", "Maharashtra"),
        "TN-1999-0031": ("struck_off", "Tamil Nadu"),
        "KL-0000-0000": ("not_registered", None),
    }
    expect_equal(seen, expected, name="answers", wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L22")
async def test_a_licence_that_was_struck_off_is_refused_at_once(
    client: AsyncClient, register: Register, serve: Serve
) -> None:
    """Every check asks the register again."""
    response = await client.post(CHECKS, json=ASHA)
    answer = serve.expect(response, 200, wants="an answer for every claim").json()
    expect_equal(answer, FOUND, wants=THE_REGISTERS_WORD)
    register.doctors["KL-2011-0457"]["is_active"] = False
    response = await client.post(CHECKS, json=ASHA)
    answer = serve.expect(response, 200, wants="an answer for every claim").json()
    expect_equal(answer, FOUND | {"result": "struck_off"}, wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L24")
async def test_a_busy_register_is_asked_again_after_a_pause(
    pause: float, client: AsyncClient, register: Register, serve: Serve
) -> None:
    """A busy register is left in peace for a pause, and after the next try for twice as long."""
    register.busy = 2
    response = await client.post(CHECKS, json=ASHA)
    answer = serve.expect(response, 200, wants="an answer at the third attempt").json()
    expect_equal(answer, FOUND, wants=THE_REGISTERS_WORD)
    expect_equal(len(register.questions), 3, name="attempts", wants="three attempts")
    due = {"attempt 2": pause, "attempt 3": 2 * pause}
    early = [name for seen, name in zip(register.pauses, due, strict=True) if seen < due[name]]
    expect_equal(early, [], name="too early", wants="a pause, then one twice as long")


@pytest.mark.guideline("L24")
async def test_a_register_that_stays_busy_is_an_honest_503(
    client: AsyncClient, register: Register, serve: Serve
) -> None:
    """After three attempts in vain the answer says that the register is not available."""
    register.busy = 10
    response = await client.post(CHECKS, json=ASHA)
    _expect_unavailable(serve, response, wants="an error, as the register was busy each time")
    expect_equal(len(register.questions), 3, name="attempts", wants="three attempts, no more")


@pytest.mark.guideline("L24")
async def test_the_settings_say_how_long_an_attempt_waits(
    monkeypatch: pytest.MonkeyPatch, register: Register, serve: Serve
) -> None:
    """A short time-out gives up on a silent register, and a long one waits longer than that."""
    monkeypatch.setenv("REGISTER_TIMEOUT", "0.05")
    register.fall_silent()
    async with serve(create_app()) as client:
        response = await client.post(CHECKS, json=ASHA)
    if response.is_success and register.lost_patience:
        refuse(
            saw="REGISTER_TIMEOUT was 0.05 s, the register was silent for much longer, and its"
            f" late answer was waited for: status {response.status_code}",
            wants="each attempt given up after REGISTER_TIMEOUT, and a 503 after three",
        )
    _expect_unavailable(serve, response, wants="an error, as no attempt was answered in time")
    register.speak()
    register.seconds = register.span  # now it thinks for longer than any of those attempts waited
    monkeypatch.setenv("REGISTER_TIMEOUT", "60")
    async with serve(create_app()) as client:
        response = await client.post(CHECKS, json=ASHA)
    answer = serve.expect(
        response, 200, wants="the time-out of the settings, now a long one"
    ).json()
    expect_equal(answer, FOUND, wants=THE_REGISTERS_WORD)


@pytest.mark.guideline("L24")
async def test_a_register_that_is_gone_is_an_honest_503(
    monkeypatch: pytest.MonkeyPatch, register: Register, serve: Serve
) -> None:
    """When nobody listens at the address of the settings, the answer says so."""
    with socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("REGISTER_GATEWAY", f"127.0.0.1:{nobody.getsockname()[1]}")
        async with serve(create_app()) as client:
            response = await client.post(CHECKS, json=ASHA)
    _expect_unavailable(serve, response, wants="an error, as nobody listens there")
    expect_equal(register.questions, [], name="questions", wants="the address of the settings")


def _expect_unavailable(serve: Serve, response: Response, *, wants: str) -> None:
    __tracebackhide__ = True
    error = serve.expect(response, 503, wants=wants).json()["error"]
    expect_equal(error["code"], "register_unavailable", name="error.code", wants="the reason")
