"""A task that goes on after its request is kept, its failure is seen, and the end waits for it."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.connections import ConnectionProbe
from docfliq_katas.probes.frames import Where, slice_file, slice_frame
from docfliq_katas.probes.logs import Lines, LogProbe
from docfliq_katas.probes.verdict import refuse, shorten
from phones import Phones
from pod import Pod, settled, until
from redis.asyncio import Redis

from src.main import create_app

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # the servers count those

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
PUSHES = "/api/v1/notifications/pushes"
TEXT = "Dr. Rohan Kulkarni commented on your post"
PHONE, TABLET, WATCH = "asha-phone", "asha-tablet", "asha-watch"
PUSHING = "src/notifications/pushes.py"
PUSH, MAIN = f"{PUSHING} (start)", "src/main.py (lifespan)"
TO_THE_END = "a push that goes on until its phone has answered"
AT_THE_END = "a server that ends when the pushes that it has begun are done"
TOLD = "the cause of every push that fails in the log, as an error of ours"

Push = Callable[..., Awaitable[None]]
Devices = Callable[[], Awaitable[set[str]]]
Made = list[Where]


@pytest.fixture(autouse=True)
def no_garbage_collector() -> Iterator[None]:
    """Let the garbage collector run when a test says so, and at no other time."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
async def phones(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Phones]:
    """The provider that brings pushes to phones."""
    async with Phones() as phones:
        monkeypatch.setenv("PUSH_PORT", str(phones.port))
        yield phones


@pytest.fixture
async def made() -> Made:
    """The places of the slice that have made a task of a function of the slice."""
    places: Made = []

    def noted(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        code = getattr(work, "cr_code", None)
        if code and slice_file(code.co_filename):
            places.extend(filter(None, [slice_frame()]))
        return asyncio.Task(work, loop=loop, **named)

    asyncio.get_running_loop().set_task_factory(noted)
    return places


@pytest.fixture
def log(log_probe: LogProbe) -> Iterator[Lines]:
    """Everything that is logged during the test."""
    with log_probe.record() as lines:
        yield lines


@pytest.fixture
async def pod(valkey: Redis, phones: Phones, log: Lines) -> AsyncIterator[Pod]:
    """The app on a real server."""
    async with Pod(create_app()) as pod:
        yield pod
        if not pod.ended:
            phones.wake_all()


@pytest.fixture
def push(pod: Pod, valkey: Redis, phones: Phones) -> Push:
    """Return a function that pushes to these devices of Dr. Asha Menon, and demands a 202."""

    async def push(*devices: str) -> None:
        __tracebackhide__ = True
        if devices:
            await valkey.sadd(f"devices:{ASHA}", *devices)
        asked = phones.asked + len(devices)
        posting = asyncio.create_task(
            pod.client.post(PUSHES, json={"user_id": str(ASHA), "text": TEXT})
        )
        await until(lambda: phones.asked == asked or posting.done())
        if not await until(posting.done, looks=30):
            refuse(
                saw="the provider waits for a phone that sleeps, and the client waits with it",
                wants="a 202 at once, as before",
                look_at=PUSH,
            )
        response = await posting
        wants = "a 202 for every push, and the number of devices"
        if response.status_code != 202:
            refuse(
                saw=f"a push to {len(devices)} devices was answered {response.status_code}"
                f" instead of 202\nbody: {shorten(response.text)}",
                wants=wants,
            )
        expect_equal(response.text, f'{{"devices":{len(devices)}}}', wants=wants)
        await until(lambda: phones.asked == asked)

    return push


@pytest.fixture
def registered(valkey: Redis) -> Devices:
    """Return a function that tells which devices of Dr. Asha Menon are known."""

    async def registered() -> set[str]:
        return {str(device) for device in await valkey.smembers(f"devices:{ASHA}")}

    return registered


@pytest.mark.guideline("L275")
async def test_a_waiting_push_outlives_the_garbage_collector(
    made: Made, push: Push, phones: Phones, log: Lines, registered: Devices
) -> None:
    """A push that waits for a phone goes on, though the garbage collector runs meanwhile."""
    phones.put_to_sleep(PHONE, TABLET)
    phones.give_back(PHONE, TABLET)
    await push(PHONE, TABLET)
    gc.collect()
    await settled()
    phones.wake(PHONE, TABLET)
    await until(lambda: phones.closed == 2)
    if phones.cut_off:
        destroyed = [line for line in log if "Task was destroyed" in line.text]
        refuse(
            saw="2 pushes waited for a phone, the garbage collector ran, and then"
            f" {2 - phones.cut_off} of the 2 were left"
            + (f"\nthe log: {destroyed[0].message.splitlines()[0]}" if destroyed else ""),
            wants=TO_THE_END,
            look_at=the_one(made) if destroyed else PUSH,
        )
    await expect_forgotten(registered, after="the phones had answered")


@pytest.mark.guideline("L275")
async def test_the_end_waits_for_the_pushes(
    pod: Pod, push: Push, phones: Phones, valkey: Redis, connection_probe: ConnectionProbe
) -> None:
    """The server ends when every push is done, and then its stores are closed."""
    phones.put_to_sleep(PHONE, TABLET)
    phones.give_back(PHONE, TABLET)
    await push(PHONE, TABLET)
    ending = await end_while_waiting(pod, phones)
    phones.wake(PHONE, TABLET)
    await ending
    left = await valkey.smembers(f"devices:{ASHA}")
    if left:
        refuse(
            saw=f"the server has ended, and {len(left)} of 2 pushes were not done",
            wants=AT_THE_END,
            look_at=MAIN,
        )
    await connection_probe.assert_none_left(
        valkey=valkey,
        wants="stores that are closed after the last push, not before: a push that comes later"
        " opens connections that nobody closes",
        look_at=MAIN,
    )


@pytest.mark.guideline("L275")
async def test_a_push_that_fails_at_the_end_is_told(
    *, made: Made, pod: Pod, push: Push, phones: Phones, log: Lines, registered: Devices
) -> None:
    """A push that fails while the server ends is in the log, and takes no other push with it."""
    phones.put_to_sleep(PHONE, TABLET)
    phones.refuse(PHONE)
    phones.give_back(TABLET)
    await push(PHONE, TABLET)
    ending = await end_while_waiting(pod, phones)
    phones.wake(PHONE)
    await until(lambda: phones.closed == 1 or ending.done())
    phones.wake(TABLET)
    await ending
    await expect_told(phones, log, made)
    if TABLET in await registered():
        refuse(
            saw="one push failed while the server ended, and the other was not done any more",
            wants=AT_THE_END,
            look_at=MAIN,
        )


@pytest.mark.guideline("L275")
async def test_a_push_that_fails_is_told(
    *, made: Made, push: Push, phones: Phones, log: Lines, registered: Devices, valkey: Redis
) -> None:
    """A push that fails is in the log, and neither a waiting push nor a later one fails with it."""
    phones.put_to_sleep(PHONE, TABLET, WATCH)
    phones.garble(WATCH)
    phones.refuse(PHONE)
    phones.give_back(TABLET)
    await push(PHONE, TABLET, WATCH)
    failures = ((WATCH, "was answered with something that is no JSON"), (PHONE, "was refused"))
    for number, (device, failure) in enumerate(failures, start=1):
        phones.wake(device)
        await until(lambda number=number: phones.closed >= number)
        await settled()
        await until(lambda number=number: phones.closed > number, looks=2)
        if phones.cut_off:
            refuse(
                saw=f"one push {failure}, and those that waited for their phones were cut off",
                wants=TO_THE_END,
                look_at=PUSH,
            )
    phones.wake(TABLET)
    await until(lambda: phones.closed == 3)
    await expect_forgotten(registered, {PHONE, WATCH}, after="the tablet had answered")
    await expect_told(phones, log, made)
    await valkey.srem(f"devices:{ASHA}", WATCH)
    await push(PHONE)


@pytest.mark.guideline("L275")
async def test_a_push_that_is_done_is_forgotten(push: Push, phones: Phones) -> None:
    """Thirty pushes that are done leave in memory what three leave."""
    tasks: list[weakref.ref[asyncio.Task[Any]]] = []

    def noted(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **named)
        tasks.append(weakref.ref(task))
        return task

    asyncio.get_running_loop().set_task_factory(noted)
    left = []
    for number in (3, 30):
        done = phones.closed + number
        await push(*[f"device-{count}" for count in range(number)])
        await until(lambda done=done: phones.closed == done)
        await settled()
        gc.collect()
        left.append(sum((task := ref()) is not None and task.done() for ref in tasks))
    if left[1] > left[0] + 3:
        refuse(
            saw=f"{left[0]} tasks that are done are in memory after 3 pushes,"
            f" {left[1]} after 30 more",
            wants="a task that is kept until it is done, and no longer",
            look_at=PUSH,
        )


async def test_a_push_reaches_each_device_once(
    push: Push, phones: Phones, registered: Devices
) -> None:
    """Each device gets the text once; only those that the app has left are forgotten."""
    phones.give_back(TABLET)
    await push(PHONE, TABLET, WATCH)
    await until(lambda: phones.closed == 3)
    expect_equal(
        dict(phones.texts),
        dict.fromkeys([(PHONE, TEXT), (TABLET, TEXT), (WATCH, TEXT)], 1),
        name="the pushes",
        wants="one for each device",
    )
    await expect_forgotten(registered, {PHONE, WATCH}, after="the tablet was given back")


async def test_nothing_to_do_is_no_error(pod: Pod, push: Push, log: Lines) -> None:
    """Who has no device gets no push, a server may end without any, and that is no error."""
    await push()
    await pod.end()
    told = [line.text.splitlines()[-1] for line in log.at_least("ERROR")]
    expect_equal(told, [], name="the errors in the log", wants="none", look_at=MAIN)


async def end_while_waiting(pod: Pod, phones: Phones) -> asyncio.Task[None]:
    """Tell the server to end, and demand that it waits for the pushes."""
    __tracebackhide__ = True
    ending = asyncio.create_task(pod.end())
    await until(ending.done, looks=20)
    if phones.cut_off:
        refuse(
            saw=f"the server was told to end, and cut off {phones.cut_off} of"
            f" {phones.asked} pushes",
            wants=AT_THE_END,
            look_at=MAIN,
        )
    if ending.done():
        refuse(
            saw=f"the server has ended, and {phones.asked - phones.closed} pushes still waited"
            " for their phones: whatever they had to do is lost",
            wants=AT_THE_END,
            look_at=MAIN,
        )
    return ending


async def expect_told(phones: Phones, log: Lines, made: Made) -> None:
    """Demand an error with its cause, at the latest when the garbage collector has run.

    What asyncio says of a task that it drops is no word of ours.
    """
    __tracebackhide__ = True
    await settled()
    gc.collect()
    errors = log.at_least("ERROR")
    ours = [line.text for line in errors if line.logger != "asyncio"]
    for line in errors:
        cause = line.text.splitlines()[-1]
        if "never retrieved" in line.message and not any(cause in text for text in ours):
            refuse(
                saw="a push failed, and the log has only what asyncio says of a task that it"
                f" drops:\n{line.message.splitlines()[0]}",
                wants=TOLD,
                look_at=the_one(made),
            )
    if not any(phones.refusal in text for text in ours):
        refuse(
            saw="the provider refused a push, and no error in the log says why"
            + lower(log, phones),
            wants=TOLD,
            look_at=PUSHING,
        )


def the_one(made: Made) -> str:
    """Return the place that has made all tasks, or the file where there are several."""
    places = {str(place) for place in made}
    return places.pop() if len(places) == 1 else PUSHING


def lower(log: Lines, phones: Phones) -> str:
    """Say at which lower level the log has what no error says, if at any."""
    for line in log:
        if line.logger != "asyncio" and phones.refusal in line.text:
            return f": it stands there as {line.level}"
    return ""


async def expect_forgotten(
    registered: Devices, kept: frozenset[str] | set[str] = frozenset(), *, after: str
) -> None:
    """Demand that only these devices are still known, soon."""
    __tracebackhide__ = True
    for _ in range(100):
        found = await registered()
        if found == kept:
            return
    refuse(
        saw=f"{after}, and the devices are {sorted(found)} instead of {sorted(kept)}",
        wants="a device forgotten when the provider says 'unregistered', and no other",
        look_at=PUSH,
    )
