"""However a WebSocket ends, nothing of it is left, and only real failures are errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from uuid import UUID, uuid4

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.frames import slice_frame_of
from docfliq_katas.probes.logs import Line, Lines, LogProbe
from docfliq_katas.probes.verdict import refuse, shorten
from fastapi import WebSocketDisconnect
from pod import FAULT, GUARD, LOOKS, PAUSE, Pod, slam
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from src.main import create_app

READ = '{"action": "read", "notification_id": "n-1"}'
BYE = '{"action": "bye"}'
NONE_UNREAD = '{"unread":0}'
LIKED = '{"type": "like", "snippet": "Reading a wide QRS at 3 a.m."}'
COMMENTED = '{"type": "comment", "snippet": "Fusion beats, I think."}'
FOR_ANOTHER = '{"type": "follow", "snippet": "for another doctor"}'
NOTHING_LEFT = "no trace of a client that is gone, however it went"
NO_ERROR = "no error in the log for a client that is gone: clients come and go"
EACH_DEVICE = "each notification once, on every device of the doctor that is there"

Ends = Callable[[Pod, ClientConnection], Awaitable[None]]
NothingLeft = Callable[[], Awaitable[None]]
Enter = Callable[[UUID], Awaitable[ClientConnection]]


async def closes(_: Pod, client: ClientConnection) -> None:
    """Close the page: a close frame, as every browser sends it."""
    await client.close(1001)


async def is_cut_off(_: Pod, client: ClientConnection) -> None:
    """Lose the network: a TCP reset."""
    slam(client)


async def asks_and_is_cut_off(pod: Pod, client: ClientConnection) -> None:
    """Ask, and be gone when the answer comes."""
    await cut_off_after(READ, pod, client)


async def says_bye_and_is_cut_off(pod: Pod, client: ClientConnection) -> None:
    """Say goodbye, and be gone when the server's comes."""
    await cut_off_after(BYE, pod, client)


async def says_nonsense(_: Pod, client: ClientConnection) -> None:
    """Send what is no frame of ours, and be told so."""
    await client.send("hello?")
    expect_equal(await code(client), 1008, name="the close code", wants="1008, as before")


async def says_nonsense_and_is_cut_off(pod: Pod, client: ClientConnection) -> None:
    """Send what is no frame of ours, and be gone when the server says so."""
    await cut_off_after("hello?", pod, client)


LEAVES = [
    closes,
    is_cut_off,
    asks_and_is_cut_off,
    says_bye_and_is_cut_off,
    says_nonsense_and_is_cut_off,
]


@pytest.fixture
def log(log_probe: LogProbe) -> Iterator[Lines]:
    """Everything that is logged during the test."""
    with log_probe.record() as lines:
        yield lines


@pytest.fixture
async def pod(valkey: Redis, log: Lines) -> AsyncIterator[Pod]:
    """The app on a real server."""
    async with Pod(create_app()) as pod:
        yield pod


@pytest.fixture
def doctors() -> list[UUID]:
    """Ids that no other test has: the databases of a Valkey share their channels."""
    return [uuid4() for _ in range(20)]


@pytest.fixture
def enter(pod: Pod, valkey: Redis) -> Enter:
    """Return a function that opens a WebSocket and waits until the doctor is listened for."""

    async def enter(doctor: UUID) -> ClientConnection:
        client = await pod.connect(doctor)
        await pushes(client)
        for _ in range(LOOKS):
            if await subscribed(valkey, [doctor]):
                break
            await asyncio.sleep(PAUSE)
        return client

    return enter


@pytest.fixture
def nothing_left(pod: Pod, valkey: Redis, doctors: list[UUID]) -> NothingLeft:
    """Return a function that asks the pod and Valkey for doctors who are gone."""

    async def nothing_left() -> None:
        __tracebackhide__ = True
        await pod.rests()
        for _ in range(8):
            presence, channels = await pod.presence(), await subscribed(valkey, doctors)
            if not channels and not any(presence.values()):
                return
            await asyncio.sleep(PAUSE)
        refuse(
            saw="every client is gone\n"
            f"left on the pod: doctors {presence['doctors']}, sockets {presence['sockets']}\n"
            f"left in Valkey: channels {len(channels)}",
            wants=NOTHING_LEFT,
            look_at=pod.look_at,
        )

    return nothing_left


@pytest.mark.guideline("L252")
@pytest.mark.parametrize("ends", [*LEAVES, says_nonsense])
async def test_a_client_that_is_gone_leaves_nothing(
    ends: Ends, enter: Enter, pod: Pod, doctors: list[UUID], nothing_left: NothingLeft
) -> None:
    """However a client goes, the pod forgets it and listens to its channel no longer."""
    client = await enter(doctors[0])
    await ends(pod, client)
    await nothing_left()


@pytest.mark.guideline("L253")
@pytest.mark.parametrize("leaves", LEAVES)
async def test_a_client_that_is_gone_is_no_error(
    leaves: Ends, enter: Enter, pod: Pod, doctors: list[UUID], log: Lines
) -> None:
    """A client may go at any time, and the log has no error for it."""
    client = await enter(doctors[0])
    await leaves(pod, client)
    await pod.rests()
    expect_no_error(log)


@pytest.mark.guideline("L252", "L253")
async def test_who_comes_back_gets_her_notifications(
    enter: Enter, pod: Pod, valkey: Redis, doctors: list[UUID], log: Lines
) -> None:
    """A doctor whose phone lost the network connects again, and her notifications arrive."""
    other = await enter(doctors[1])
    slam(await enter(doctors[0]))
    await pod.holds(1)
    phone = await enter(doctors[0])
    await publish(valkey, doctors, other)
    await expect_pushed(phone, log)


@pytest.mark.guideline("L253")
async def test_a_dead_device_does_not_silence_the_others(
    enter: Enter, pod: Pod, valkey: Redis, doctors: list[UUID], log: Lines
) -> None:
    """Pushes that come before the handler knows that its client is gone reach the others."""
    other = await enter(doctors[1])
    phone, desk, tablet = [await enter(doctors[0]) for _ in range(3)]
    with pod.late():
        slam(phone)
        slam(tablet)
        await pod.holds(2)
        await publish(valkey, doctors, other, LIKED)
        await publish(valkey, doctors, other, COMMENTED)
    await expect_pushed(desk, log, LIKED, COMMENTED)
    expect_no_error(log)


@pytest.mark.guideline("L253")
async def test_an_answer_after_a_push_that_found_nobody(
    enter: Enter, pod: Pod, valkey: Redis, doctors: list[UUID], log: Lines
) -> None:
    """A frame that is read after a push has found its client gone is no error either."""
    other, phone = await enter(doctors[1]), await enter(doctors[0])
    with pod.late():
        await phone.send(READ)
        await pod.keeps(1)
        slam(phone)
        await pod.holds(1)
        await publish(valkey, doctors, other)
    await goodbye(other)
    await pod.rests()
    expect_no_error(log)


@pytest.mark.guideline("L252")
@pytest.mark.parametrize("cause", ["WRONGTYPE", FAULT])
async def test_a_failure_of_ours_leaves_nothing_and_is_told(
    *,
    cause: str,
    enter: Enter,
    pod: Pod,
    valkey: Redis,
    doctors: list[UUID],
    log: Lines,
    nothing_left: NothingLeft,
) -> None:
    """When the server fails, its client is told so and forgotten, and the log says why."""
    client = await enter(doctors[0])
    if cause == "WRONGTYPE":
        await valkey.set(f"unread:{doctors[0]}", "a string, where a set should be")
    with pod.failing(NONE_UNREAD):
        await client.send(READ)
        ended_with = await code(client)
    if ended_with == 1000:
        refuse(
            saw="the server failed, and closed with 1000: all is well, do not come back",
            wants="another code, so that the app connects again",
            look_at=pod.look_at,
        )
    await nothing_left()
    await expect_told(cause, log, pod)


@pytest.mark.guideline("L252", "L253")
async def test_a_deployment_is_no_error(
    *,
    enter: Enter,
    pod: Pod,
    valkey: Redis,
    doctors: list[UUID],
    log: Lines,
    connection_probe: ConnectionProbe,
) -> None:
    """When the server ends, its clients get 1012, and it has closed everything in silence."""
    clients = [await enter(doctor) for doctor in doctors[:3]]
    await pod.shut_down()
    codes = [await code(client) for client in clients]
    expect_equal(codes, [1012] * 3, name="the close codes", wants="1012, as before")
    await connection_probe.assert_none_left(valkey=valkey, wants="every connection closed")
    expect_no_error(log)


@pytest.mark.guideline("L252")
async def test_twenty_lost_clients_cost_nothing(
    *,
    enter: Enter,
    pod: Pod,
    valkey: Redis,
    doctors: list[UUID],
    nothing_left: NothingLeft,
    connection_probe: ConnectionProbe,
) -> None:
    """Twenty clients that were cut off leave what one leaves that said goodbye."""
    await goodbye(await enter(doctors[0]))
    await pod.rests()
    connections, tasks = len(await connection_probe.valkey(valkey)), len(asyncio.all_tasks())
    clients = [await enter(doctor) for doctor in doctors]
    twenty = {"doctors": 20, "sockets": 20}
    expect_equal(await pod.presence(), twenty, name="presence", wants="all who are there")
    for client in clients:
        slam(client)
    await nothing_left()
    left = len(await connection_probe.valkey(valkey))
    expect_equal(left, connections, name="connections to Valkey", wants=NOTHING_LEFT)
    expect_equal(len(asyncio.all_tasks()), tasks, name="running tasks", wants=NOTHING_LEFT)


async def test_a_goodbye_is_answered(
    enter: Enter, doctors: list[UUID], log: Lines, nothing_left: NothingLeft
) -> None:
    """A client that says bye gets 1000, and is forgotten."""
    await goodbye(await enter(doctors[0]))
    await nothing_left()
    expect_no_error(log)


async def test_the_last_device_takes_the_channel_along(
    enter: Enter, valkey: Redis, doctors: list[UUID], log: Lines, nothing_left: NothingLeft
) -> None:
    """While a doctor has a device, her notifications arrive there, and those of others do not."""
    other = await enter(doctors[1])
    phone, desk = [await enter(doctors[0]) for _ in range(2)]
    await publish(valkey, doctors, other)
    await expect_pushed(phone, log)
    await expect_pushed(desk, log)
    await goodbye(phone)
    await publish(valkey, doctors, other)
    await expect_pushed(desk, log)
    await goodbye(desk)
    await goodbye(other)
    await nothing_left()


@pytest.mark.guideline("L253")
async def test_a_push_that_fails_is_told(
    enter: Enter, pod: Pod, valkey: Redis, doctors: list[UUID], log: Lines
) -> None:
    """When a push fails and the client is there, the log says why, and other doctors get theirs."""
    other = await enter(doctors[1])
    await enter(doctors[0])
    with pod.failing(LIKED):
        await publish(valkey, doctors, other)
        await expect_told(FAULT, log, pod)


async def test_a_read_notification_is_counted(
    enter: Enter, valkey: Redis, doctors: list[UUID]
) -> None:
    """A client that has read a notification is told how many are unread."""
    client = await enter(doctors[0])
    await valkey.sadd(f"unread:{doctors[0]}", "n-1", "n-2", "n-3")
    await client.send(READ)
    expect_equal(await heard(client), '{"unread":2}', wants="the number of unread ones, as before")


async def test_a_stranger_is_not_let_in(pod: Pod, log: Lines, nothing_left: NothingLeft) -> None:
    """Without a user there is no WebSocket: the handshake is refused with 403."""
    with pytest.raises(InvalidStatus) as refused:
        await pod.connect(None)
    status = refused.value.response.status_code
    expect_equal(status, 403, name="the status", wants="403, as before")
    await nothing_left()
    expect_no_error(log)


async def test_a_client_that_is_gone_before_it_is_let_in(
    pod: Pod, doctors: list[UUID], log: Lines, nothing_left: NothingLeft
) -> None:
    """A client that is cut off during the handshake leaves nothing, and is no error."""
    with pod.late():
        slam(await pod.knock(doctors[0]))
        await pod.holds(0)
    await nothing_left()
    expect_no_error(log)


async def cut_off_after(frame: str, pod: Pod, client: ClientConnection) -> None:
    """Send a frame, and be gone before the app reads it."""
    with pod.late():
        await client.send(frame)
        await pod.keeps(1)
        slam(client)
        await pod.holds(0)


async def goodbye(client: ClientConnection) -> None:
    """Say bye, and demand the server's."""
    __tracebackhide__ = True
    await client.send(BYE)
    expect_equal(await code(client), 1000, name="the close code", wants="1000 after a goodbye")


async def heard(client: ClientConnection) -> str:
    """Return the next frame for that client."""
    __tracebackhide__ = True
    frame, told = None, f"nothing for {GUARD:.0f} seconds"
    try:
        frame = str(await asyncio.wait_for(client.recv(), GUARD))
    except TimeoutError:
        pass
    except ConnectionClosed as error:
        told = str(error)
    if frame is None:
        refuse(saw=f"instead of a frame: {told}", wants="pushes and answers for who is there")
    return frame


async def code(client: ClientConnection) -> int | None:
    """Wait for the end of a connection, and return its close code."""
    await asyncio.wait_for(client.wait_closed(), GUARD)
    return client.close_code


async def subscribed(valkey: Redis, doctors: list[UUID]) -> list[str]:
    """Return the channels of the doctors that somebody listens to."""
    channels = [f"notifications:{doctor}" for doctor in doctors]
    return [name for name, listeners in await valkey.pubsub_numsub(*channels) if listeners]


async def publish(
    valkey: Redis, doctors: list[UUID], other: ClientConnection, text: str = LIKED
) -> None:
    """Publish a notification as the worker does, and wait until one that came later is there."""
    __tracebackhide__ = True
    await valkey.publish(f"notifications:{doctors[0]}", text)
    await valkey.publish(f"notifications:{doctors[1]}", FOR_ANOTHER)
    expect_equal(
        await heard(other), FOR_ANOTHER, name="what another doctor got", wants="her own only"
    )


async def pushes(client: ClientConnection) -> list[str]:
    """Ask something, and return what came before the answer."""
    __tracebackhide__ = True
    await client.send(READ)
    frames = []
    while not (frame := await heard(client)).startswith('{"unread"'):
        frames.append(frame)
    return frames


async def expect_pushed(device: ClientConnection, log: Lines, *texts: str) -> None:
    """Demand that these notifications have arrived once each; by default the like."""
    __tracebackhide__ = True
    expected, frames = list(texts) or [LIKED], await pushes(device)
    for _ in range(10):
        if len(frames) >= len(expected):
            break
        frames += await pushes(device)
    errors = sorted(log.at_least("ERROR"), key=lambda line: line.logger.startswith("src."))
    look_at = place(errors[-1]) if errors else None
    expect_equal(frames, expected, name="what was pushed", wants=EACH_DEVICE, look_at=look_at)


def expect_no_error(log: Lines) -> None:
    """Demand that nothing was logged as an error or worse."""
    __tracebackhide__ = True
    for line in log.at_least("ERROR"):
        error = line.record.exc_info[1] if line.record.exc_info else None
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        told = error.code if isinstance(error, WebSocketDisconnect) else error
        cause = f"\n{type(error).__name__}: {told}" if error else ""
        saw = f"an error in the log: {shorten(line.message, 60)}{cause}"
        refuse(saw=saw, wants=NO_ERROR, look_at=place(line))


async def expect_told(cause: str, log: Lines, pod: Pod) -> None:
    """Demand an error in the log with that cause, now or soon."""
    __tracebackhide__ = True
    if not await pod.until(lambda: any(cause in line.text for line in log.at_least("ERROR"))):
        refuse(
            saw=f"a failure that is no client's doing ({cause}), and no error in the log for it",
            wants="every failure of ours in the log, with its traceback",
            look_at=pod.look_at,
        )


def place(line: Line) -> str | None:
    """Return where in the slice the error of a log line was raised."""
    error = line.record.exc_info[1] if line.record.exc_info else None
    where = slice_frame_of(error) if error else line.where
    return str(where) if where else None
