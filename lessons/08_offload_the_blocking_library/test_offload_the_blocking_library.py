"""A library that can only block gets a fixed number of threads, and the event loop awaits them."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from socket import socket

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.event_loop import LoopProbe
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from fastapi.concurrency import run_in_threadpool
from httpx import AsyncClient, Response

from seed import Relay
from src.main import create_app

INVITATIONS = "/api/v1/invitations"
WEBINAR = "Reading a wide QRS at 3 a.m."
MAILER = "src/mail/mailer.py (send)"
SUBJECT = f"You are invited: {WEBINAR}"

OTHERS_ARE_SERVED = "an event loop that serves others while threads wait for the relay"
SIDE_BY_SIDE = "mails of two doctors that wait for the relay side by side"
AS_MANY_AS_ALLOWED = "as many sessions as the relay allows the whole app, and never one more"
THREADS_OF_ITS_OWN = "a fixed number of threads for the relay, apart from those of the others"
THE_RELAYS_WORD = "what the relay says to each address"


@pytest.fixture
def allowed() -> int:
    """Return how many sessions the relay allows."""
    return 4


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch, allowed: int) -> Iterator[Relay]:
    """Start the relay, a real SMTP server on this machine, and tell the slice about it."""
    with Relay() as relay:
        relay.allowed = allowed
        monkeypatch.setenv("MAIL_PORT", str(relay.port))
        monkeypatch.setenv("MAIL_SESSIONS", str(allowed))
        yield relay


@pytest.fixture
async def client(relay: Relay, serve: Serve) -> AsyncIterator[AsyncClient]:
    """Serve the app, once it has sent a mail: first calls load modules and start threads."""
    async with serve(create_app()) as client:
        await client.post(INVITATIONS, json=invitation(1))
        relay.delivered.clear()
        relay.most = 0
        yield client


@pytest.mark.guideline("L25")
async def test_others_are_served_while_the_relay_is_silent(
    client: AsyncClient, relay: Relay, loop_probe: LoopProbe, serve: Serve
) -> None:
    """While threads wait for the relay, the event loop serves everybody else."""
    async with loop_probe.watch() as heartbeat:
        relay.fall_silent()
        inviting = asyncio.create_task(client.post(INVITATIONS, json=invitation(6)))
        await relay.came(1)
        health = await client.get("/health")
        relay.speak()
        response = await inviting
    heartbeat.assert_free(wants=OTHERS_ARE_SERVED)
    serve.expect(health, 200, wants=OTHERS_ARE_SERVED)
    if relay.lost_patience:
        refuse(saw="GET /health had to wait for the relay", wants=OTHERS_ARE_SERVED)
    expect_all_accepted(serve, relay, response)


@pytest.mark.guideline("L25")
async def test_two_doctors_invite_side_by_side(
    client: AsyncClient, relay: Relay, serve: Serve
) -> None:
    """The relay has the second doctor's mail before it has answered the first one's."""
    relay.fall_silent()
    inviting = [client.post(INVITATIONS, json=invitation(1)) for _ in range(2)]
    tasks = [asyncio.create_task(post) for post in inviting]
    await relay.came(2)
    relay.speak()
    responses = await asyncio.gather(*tasks)
    if relay.lost_patience:
        refuse(
            saw=f"two doctors invite, and the relay had {relay.most} session at a time",
            wants=SIDE_BY_SIDE,
            look_at=MAILER,
        )
    for response in responses:
        expect_all_accepted(serve, relay, response)


@pytest.mark.guideline("L25")
@pytest.mark.parametrize("allowed", [2, 5])
async def test_the_whole_app_has_the_sessions_that_the_relay_allows(
    allowed: int, client: AsyncClient, relay: Relay, serve: Serve
) -> None:
    """Three doctors at once use all sessions that the relay allows, and never one more."""
    relay.seconds = 0.02
    relay.fall_silent()
    tasks = [
        asyncio.create_task(client.post(INVITATIONS, json=invitation(6, doctor)))
        for doctor in ("asha", "rohan", "farah")
    ]
    await relay.came(allowed)
    relay.speak()
    responses = await asyncio.gather(*tasks)
    for response in responses:
        expect_all_accepted(serve, relay, response)
    if relay.most < allowed:
        refuse(
            saw=f"18 mails wait, the relay allows {allowed} sessions, and has {relay.most}",
            wants=AS_MANY_AS_ALLOWED,
            look_at=MAILER,
        )


@pytest.mark.guideline("L25")
@pytest.mark.parametrize("allowed", [2])
async def test_mail_takes_no_thread_from_others(
    client: AsyncClient, relay: Relay, serve: Serve
) -> None:
    """Forty mails that wait need no more threads than four, and leave the others theirs."""
    baseline = 0
    for invitations, mails, story in (
        (1, 4, "4 mails"),
        (1, 40, "40 mails of one invitation"),
        (40, 1, "40 invitations, of one mail each,"),
    ):
        relay.fall_silent()
        inviting = [
            asyncio.create_task(client.post(INVITATIONS, json=invitation(mails)))
            for _ in range(invitations)
        ]
        await relay.came(2)
        # It asks last: once it is served, every invitation has reached the mailer.
        await expect_a_thread(relay, client.get("/health"), story, "GET /health")
        threads = threading.active_count()
        await expect_a_thread(relay, run_in_threadpool(int), story, "def routes")
        look_up = asyncio.get_running_loop().getaddrinfo("127.0.0.1", relay.port)
        await expect_a_thread(relay, look_up, story, "looking up host names")
        relay.speak()
        for response in await asyncio.gather(*inviting):
            expect_all_accepted(serve, relay, response)
        baseline = baseline or threads
        if threads > baseline + 20:
            refuse(
                saw=f"{story} waited for the relay, and each had a thread of its own",
                wants=THREADS_OF_ITS_OWN,
                look_at=MAILER,
            )


@pytest.mark.guideline("L25")
async def test_each_address_has_its_outcome(
    client: AsyncClient, relay: Relay, serve: Serve
) -> None:
    """The answer says, in the order of the addresses, which mail the relay has taken."""
    relay.allowed = 100  # how many sessions there are is not the question here
    relay.unknown = {"asha-1@example.org", "asha-4@example.org"}
    relay.broken = {"asha-2@example.org"}
    response = await client.post(INVITATIONS, json=invitation(6))
    answer = serve.expect(response, 200, wants="an answer, also if not all is well").json()
    outcomes = ["accepted", "refused", "failed", "accepted", "refused", "accepted"]
    items = [
        {"email": f"asha-{number}@example.org", "outcome": outcome}
        for number, outcome in enumerate(outcomes)
    ]
    expect_equal(answer, {"items": items}, wants=THE_RELAYS_WORD)
    taken = Counter((f"asha-{number}@example.org", SUBJECT) for number in (0, 3, 5))
    expect_equal(dict(relay.delivered), dict(taken), name="mails", wants="each mail, once")


@pytest.mark.guideline("L25")
async def test_a_relay_that_does_not_answer_is_an_honest_failure(
    monkeypatch: pytest.MonkeyPatch, relay: Relay, serve: Serve
) -> None:
    """A mail has failed when nobody answers, or not within the time that the settings say."""
    seen = []
    monkeypatch.setenv("MAIL_TIMEOUT", "0.05")
    relay.fall_silent()
    async with serve(create_app()) as client:
        seen.append(await client.post(INVITATIONS, json=invitation(1)))
    relay.speak()
    relay.seconds = 0.1
    monkeypatch.setenv("MAIL_TIMEOUT", "30")
    async with serve(create_app()) as client:
        seen.append(await client.post(INVITATIONS, json=invitation(1)))
    with socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MAIL_PORT", str(nobody.getsockname()[1]))
        async with serve(create_app()) as client:
            seen.append(await client.post(INVITATIONS, json=invitation(1)))
    outcomes = [
        serve.expect(response, 200, wants="an answer").json()["items"][0]["outcome"]
        for response in seen
    ]
    expect_equal(outcomes, ["failed", "accepted", "failed"], wants="the settings for the relay")


def invitation(addresses: int, doctor: str = "asha") -> dict[str, object]:
    """Return an invitation to so many addresses."""
    emails = [f"{doctor}-{number}@example.org" for number in range(addresses)]
    return {"webinar": WEBINAR, "emails": emails}


def expect_all_accepted(serve: Serve, relay: Relay, response: Response) -> None:
    """Demand that the relay has sent nobody away, and has taken every mail."""
    __tracebackhide__ = True
    if relay.most > relay.allowed:
        refuse(
            saw=f"the relay allows {relay.allowed} sessions at a time, and was asked for more",
            wants=AS_MANY_AS_ALLOWED,
            look_at=MAILER,
        )
    items = serve.expect(response, 200, wants=THE_RELAYS_WORD).json()["items"]
    outcomes = dict(Counter(item["outcome"] for item in items))
    expect_equal(outcomes, {"accepted": len(items)}, name="outcomes", wants=THE_RELAYS_WORD)


async def expect_a_thread(relay: Relay, work: Awaitable[object], story: str, purpose: str) -> None:
    """Demand that something else gets a thread before the relay loses its patience."""
    __tracebackhide__ = True
    before = relay.lost_patience
    await work
    if relay.lost_patience and not before:
        refuse(
            saw=f"{story} waited for the relay, and no thread was left for {purpose}",
            wants=THREADS_OF_ITS_OWN,
            look_at=MAILER,
        )
