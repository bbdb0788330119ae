"""One client for the life of the app, and a limit on how long the register may take."""

import asyncio
import gc
import importlib
import sys
import time
import warnings
from asyncio import Task
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from council import (
    ASHA,
    BROKEN,
    DOCTORS,
    HALF,
    KEY,
    NOBODY,
    SILENT,
    TRICKLE,
    Council,
)
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI
from httpx import AsyncClient, Response

from src.main import create_app

REGISTER = "/api/v1/admin/register"
ADMIN = {"X-User-Roles": "creator,admin"}
TOO_LONG = 60  # seconds on the test's clock
TICK = 0.01  # the same
LATE = 1.5  # the same: a step is a second, and AIOHTTP rounds up to whole ones
TWENTY = 20

MADE = "src/register/dependencies.py (get_register)"
ASKED = "src/register/service.py (_ask)"
ONE_CLIENT = "one client, whose open connections the next question uses"
CLOSED = "a client that is closed, by the app itself, in its lifespan"
DOES = {
    SILENT: "says nothing",
    HALF: "stops in the middle of its answer",
    TRICKLE: "sends a space every second",
}
IN_TIME = "504 as soon as REGISTER_SECONDS are over, whatever the register does"

Fresh = Callable[..., Callable[[], FastAPI]]
GivenUp = Callable[[str, int], Awaitable[None]]

# What is left open may also be told as a warning, in a later test: here the register judges.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


class Clock:
    """The clock that all timeouts go by: it stands still until the test puts it forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: self._now)

    async def forward(
        self,
        seconds: float,
        *,
        until: Callable[[], bool] = lambda: False,
        step: float = 1,
        turns: int = 50,
    ) -> float:
        """Let seconds pass step by step, at most so many, and return how many did.

        In front of each step the loop turns a few times, for everybody to do what is due.
        """
        start = self._now
        while self._now - start < seconds:
            for _ in range(turns):
                if until():
                    return self._now - start
                await asyncio.sleep(0)
            self._now += step
        return self._now - start


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test can put forward."""
    return Clock(monkeypatch)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Nothing is closed by luck: the garbage collector is away."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
async def council(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Council]:
    """The medical council's register, on a real port."""
    async with Council() as council:
        monkeypatch.setenv("REGISTER_URL", council.url)
        monkeypatch.setenv("REGISTER_KEY", KEY)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield council


@pytest.fixture
def fresh(council: Council, monkeypatch: pytest.MonkeyPatch) -> Fresh:
    """Return a function that imports the slice as a new process does, and gives its create_app."""

    def fresh(*, seconds: int = 5, **settings: str) -> Callable[[], FastAPI]:
        for name, value in {"REGISTER_SECONDS": str(seconds), **settings}.items():
            monkeypatch.setenv(name, value)
        for name in [name for name in sys.modules if name.partition(".")[0] == "src"]:
            monkeypatch.delitem(sys.modules, name)
        factory: Callable[[], FastAPI] = importlib.import_module(create_app.__module__).create_app
        return factory

    return fresh


@pytest.fixture
def expect_given_up(fresh: Fresh, serve: Serve, council: Council, clock: Clock) -> GivenUp:
    """Return a function that demands a 504 in time, one question, and an end of the call."""

    async def expect_given_up(number: str, seconds: int) -> None:
        __tracebackhide__ = True
        async with serve(fresh(seconds=seconds)()) as client:
            asking = asyncio.create_task(ask(client, number))
            await council.asked(1)
            passed = await clock.forward(TOO_LONG, until=asking.done)
            await expect_in_time([asking], passed, seconds, DOES[number])
            if len(council.questions) != 1:
                refuse(
                    saw=f"the register was asked {len(council.questions)} times for one licence",
                    wants="each question asked once: the council bills them",
                    look_at=ASKED,
                )
            if not await council.until(lambda: not council.connections):
                refuse(
                    saw="the client has its 504, and the app still waits for the register",
                    wants="nothing held by a question that nobody waits for",
                    look_at=ASKED,
                )

    return expect_given_up


@pytest.mark.guideline("L257")
async def test_questions_share_a_connection(fresh: Fresh, serve: Serve, council: Council) -> None:
    """Questions one after another open one connection, however many they are."""
    opened = []
    async with serve(fresh()()) as client:
        for number in (3, TWENTY):
            before = council.accepted
            for turn in range(number):
                await ask(client, [ASHA, NOBODY, "?name=menon"][turn % 3])
            opened.append(council.accepted - before)
    if opened != [1, 0]:
        refuse(
            saw=f"3 questions one after another opened {opened[0]} connections to the register,"
            f" and {TWENTY} more questions opened {opened[1]} more",
            wants=ONE_CLIENT,
            look_at=MADE,
        )
    expect_equal(
        len(council.questions),
        3 + TWENTY,
        name="the number of questions that reached the register",
        wants="each question asked, since licences change",
        look_at=ASKED,
    )


@pytest.mark.guideline("L257")
@pytest.mark.usefixtures("no_collector")
async def test_after_the_end_nothing_is_open(fresh: Fresh, serve: Serve, council: Council) -> None:
    """When the app has ended, it has closed all its connections to the register by itself."""
    lost: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always", ResourceWarning)
        # To record the warning would keep what it is about, and with that its connection.
        warnings.showwarning = lambda message, *_: lost.append(str(message).partition(" <")[0])
        async with serve(fresh()()) as client:
            await asyncio.gather(*(ask(client, ASHA) for _ in range(TWENTY)))
    if not await council.until(lambda: not council.connections):
        refuse(
            saw=f"{TWENTY} questions at once were answered, the app has ended,"
            f" and {len(council.connections)} connections to the register are open:"
            " nobody has closed their client",
            wants=CLOSED,
        )
    if lost:
        refuse(
            saw=f"{TWENTY} questions were answered, and Python had to close what was thrown away:"
            f" {lost[0]!r}",
            wants=CLOSED,
            look_at=MADE,
        )


@pytest.mark.guideline("L260")
@pytest.mark.parametrize(("number", "seconds"), [(SILENT, 3), (HALF, 12)], ids=["none", "half"])
async def test_silence_ends_in_time(number: str, seconds: int, expect_given_up: GivenUp) -> None:
    """A register that says nothing, or no more, is given up in time: asked once, and hung up on."""
    await expect_given_up(number, seconds)


@pytest.mark.guideline("L260")
async def test_a_trickle_ends_in_time(expect_given_up: GivenUp) -> None:
    """A register that says a little every second is given up in time as well."""
    await expect_given_up(TRICKLE, 12)


@pytest.mark.guideline("L260")
async def test_the_others_wait_their_turn(
    fresh: Fresh, serve: Serve, council: Council, clock: Clock
) -> None:
    """Twenty questions are under way at most, the others wait, and who is given up makes room."""
    async with serve(fresh(seconds=3)()) as client:
        crowd = [asyncio.create_task(ask(client, SILENT)) for _ in range(TWENTY)]
        await council.asked(TWENTY)
        for _ in range(30):
            crowd.append(asyncio.create_task(ask(client, SILENT)))
            await clock.forward(TICK, step=TICK)
        if len(council.connections) > TWENTY:
            await give_up(crowd)
            refuse(
                saw="50 questions at once opened more than 20 connections to the register",
                wants="one client for the app, limited to 20 connections,"
                " where the others wait their turn",
            )
        passed = await clock.forward(2)
        passed += await clock.forward(
            TOO_LONG, until=lambda: all(one.done() for one in crowd), step=TICK, turns=1
        )
        await expect_in_time(crowd, passed, 3, DOES[SILENT])
        if not await council.until(lambda: not council.connections):
            refuse(
                saw="50 questions were given up, and connections to the register are open"
                " that nobody uses",
                wants="nothing held by a question that nobody waits for",
                look_at=ASKED,
            )
        asked = len(council.questions)
        crowd = [asyncio.create_task(ask(client, SILENT)) for _ in range(TWENTY)]
        if not await council.until(lambda: len(council.questions) == asked + TWENTY):
            await give_up(crowd)
            refuse(
                saw="50 questions were given up, and of the next 20 not all reach the register:"
                " they wait, as if somebody still had the connections",
                wants="a place for the next one, as soon as a question is given up",
                look_at=ASKED,
            )
        council.released.set()
        for response in await asyncio.gather(*crowd):
            serve.expect(response, 200, wants="an answer when the register is well again")


@pytest.mark.guideline("L260")
async def test_a_late_answer_is_an_answer(
    fresh: Fresh, serve: Serve, council: Council, clock: Clock
) -> None:
    """A register that takes its time, and no more than it may, is heard out."""
    async with serve(fresh(seconds=12)()) as client:
        for number in (SILENT, HALF, TRICKLE):
            asking = asyncio.create_task(ask(client, number))
            await council.asked(1)
            passed = await clock.forward(8, until=asking.done)
            council.released.set()
            response = await asking
            if response.status_code != 200:
                refuse(
                    saw=f"REGISTER_SECONDS is 12, and after {passed:.0f} the client got"
                    f" {response.status_code} {response.text}",
                    wants="an answer that comes in time is passed on",
                    look_at=ASKED,
                )
            expect_equal(response.json(), DOCTORS[number], wants="the register's entry")
            council.released.clear()
            council.questions.clear()


@pytest.mark.guideline("L257")
async def test_two_apps_end_by_themselves(fresh: Fresh, serve: Serve) -> None:
    """When one app ends, the other goes on; and the same app can start again."""
    create_app = fresh()
    app, other = create_app(), create_app()
    async with serve(other) as client:
        for _ in range(2):
            async with serve(app) as first:
                serve.expect(await ask(first, ASHA), 200, wants="an answer at each start")
            serve.expect(await ask(client, ASHA), 200, wants="an answer when another app has ended")


async def test_the_answers_are_as_before(fresh: Fresh, serve: Serve, council: Council) -> None:
    """Each question is asked once, and what the register says is passed on as before."""
    menons = [one for one in DOCTORS.values() if "Menon" in one["full_name"]]
    async with serve(fresh()()) as client:
        for question, expected in {
            ASHA: (200, DOCTORS[ASHA]),
            "?name=menon": (200, {"items": menons}),
            NOBODY: (404, "licence_not_found"),
            BROKEN: (503, "register_unavailable"),
        }.items():
            expect_told(await ask(client, question), *expected, wants="as before")
        asked = [*council.questions]
        expect_equal((await ask(client, "KL-1")).status_code, 422, wants="a number, as before")
        refused = await client.get(f"{REGISTER}/{ASHA}", headers={"X-User-Roles": "creator"})
        expect_told(refused, 403, "permission_denied", wants="admins alone, as before")
        expect_equal(len(council.questions), len(asked), wants="no question for a refusal")
    expect_equal(len(asked), 4, name="the number of questions", wants="each question asked once")


async def test_a_register_that_is_away_is_503(fresh: Fresh, serve: Serve) -> None:
    """When nobody listens at the register's address, the app starts, and says so when asked."""
    async with serve(fresh(REGISTER_URL="http://127.0.0.1:1/v1")()) as client:
        expect_told(await ask(client, ASHA), 503, "register_unavailable", wants="503 as before")


async def ask(client: AsyncClient, question: str) -> Response:
    """Ask as an admin: for a number, or for a name."""
    separator = "" if question.startswith("?") else "/"
    return await client.get(f"{REGISTER}{separator}{question}", headers=ADMIN)


def told(response: Response) -> tuple[int, object]:
    """Return the status, and what the answer says: the code where it is an error."""
    if "json" not in response.headers.get("content-type", ""):
        return response.status_code, response.text
    body = response.json()
    return response.status_code, body["error"]["code"] if "error" in body else body


def expect_told(
    response: Response, status: int, said: object, *, wants: str, look_at: str | None = None
) -> None:
    """Demand a status, and the code of an error or else a body."""
    __tracebackhide__ = True
    seen, answer = told(response)
    if seen != status or (isinstance(said, str) and answer != said):
        code = answer if isinstance(answer, str) and answer.isidentifier() else "no error code"
        refuse(
            saw=f"{response.request.url.path} was answered {seen}, {code},"
            f" instead of {status}{f', {said}' if isinstance(said, str) else ''}",
            wants=wants,
            look_at=look_at,
        )
    expect_equal(answer, said, wants=wants, look_at=look_at)


async def give_up(asking: list[Task[Response]]) -> None:
    """End what nobody waits for, for the test has its verdict."""
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)


async def expect_in_time(
    asking: list[Task[Response]], passed: float, seconds: int, does: str
) -> None:
    """Demand that all are answered by 504, and not later than they may."""
    __tracebackhide__ = True
    if not all(task.done() for task in asking):
        await give_up(asking)
        refuse(
            saw=f"the register {does}, REGISTER_SECONDS is {seconds},"
            f" and {passed:.0f} seconds later there is no answer yet",
            wants=IN_TIME,
            look_at=ASKED,
        )
    for task in asking:
        expect_told(await task, 504, "register_timeout", wants=IN_TIME, look_at=ASKED)
    if passed > seconds + LATE:
        refuse(
            saw=f"the register {does}, REGISTER_SECONDS is {seconds},"
            f" and the 504 came after {passed:.0f} seconds",
            wants=IN_TIME,
            look_at=ASKED,
        )
