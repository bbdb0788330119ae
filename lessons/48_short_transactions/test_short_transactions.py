"""No transaction is open, and no connection held, while the app waits for somebody else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import Where, slice_frame
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe, Statements
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncClient, Request, Response
from partner import Partner
from sqlalchemy import Pool, event, inspect

from seed import AMOUNT, CAPTURED, CREATED, UNKNOWN, provider_id, seed
from src.database import Base
from src.main import create_app

REFUND, SETTLEMENT = "POST /refund", "GET /settlement"
ROUTES = pytest.mark.parametrize("route", [REFUND, SETTLEMENT], ids=["refund", "settlement"])
SERVICE = "src/payments/service.py"
FIRST = CAPTURED[0]
FEW, MANY = 200, 2000  # looks at the database, where nothing may be left to wait for
GUARD = 10.0  # seconds; only against hanging

# An attribute that is read outside an await leaves a `connect` of SQLAlchemy behind, which is told
# in a later test: here the answer of the call judges.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine 'connect' was never:RuntimeWarning")

OPEN = """
SELECT state, query FROM pg_stat_activity WHERE datname = current_database()
  AND application_name NOT LIKE 'kata%' AND xact_start IS NOT NULL
"""
LOCKED = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""

Call = Callable[..., Awaitable[Response]]
Lost = list[Where]


@pytest.fixture
async def razorpay(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Partner]:
    """Razorpay, which takes its time: nobody is answered before the test opens its gate."""
    async with Partner() as partner:
        monkeypatch.setenv("RAZORPAY_URL", partner.url)
        yield partner


@pytest.fixture
async def client(
    razorpay: Partner, postgres: PostgresDatabase, serve: Serve
) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client
        razorpay.gate.open()


@pytest.fixture
def call(client: AsyncClient) -> Call:
    """Return a function that calls a route for a payment."""

    async def call(route: str, payment: UUID = FIRST) -> Response:
        method, _, path = route.partition(" ")
        return await client.request(method, f"/api/v1/admin/payments/{payment}{path}")

    return call


@dataclass
class Witness:
    """Knows which connections are out of their pool, and what the slice has done last.

    Attributes:
        held: the connections that somebody has taken and not returned.
        asked: from where somebody else was asked, in order.
        statements: what PostgreSQL was asked.

    """

    statements: Statements
    held: set[object] = field(default_factory=set)
    asked: list[Where] = field(default_factory=list)

    def where(self) -> str:
        """Return where the last statement was sent, and where Razorpay was asked."""
        sent = [one.where for one in self.statements if one.where]
        return ", ".join(dict.fromkeys(map(str, sent[-1:] + self.asked[-1:]))) or SERVICE


@pytest.fixture
def witness(sql_probe: SqlProbe, monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    send = AsyncClient.send

    async def noting(client: AsyncClient, request: Request, **options: Any) -> Response:
        witness.asked.extend(filter(None, [slice_frame()]))
        return await send(client, request, **options)

    def taken(_: object, record: object, __: object) -> None:
        witness.held.add(record)

    def returned(_: object, record: object) -> None:
        witness.held.discard(record)

    monkeypatch.setattr(AsyncClient, "send", noting)
    event.listen(Pool, "checkout", taken)
    event.listen(Pool, "checkin", returned)
    with sql_probe.record() as statements:
        witness = Witness(statements)
        yield witness
    event.remove(Pool, "checkout", taken)
    event.remove(Pool, "checkin", returned)


@pytest.fixture
def lost() -> Iterator[Lost]:
    """Note where the slice has written to an object that belongs to no session any more."""
    places: Lost = []

    def note(target: object, *_: object) -> None:
        if inspect(target).detached:
            places.extend(filter(None, [slice_frame()]))

    attributes = [
        attribute
        for mapper in Base.registry.mappers
        for attribute in map(mapper.class_manager.get, mapper.column_attrs.keys())
        if attribute is not None
    ]
    for attribute in attributes:
        event.listen(attribute, "set", note)
    yield places
    for attribute in attributes:
        event.remove(attribute, "set", note)


@pytest.mark.guideline("L207")
@ROUTES
async def test_no_transaction_waits_for_razorpay(
    route: str, call: Call, razorpay: Partner, postgres: PostgresDatabase, witness: Witness
) -> None:
    """While Razorpay is asked, PostgreSQL has no open transaction of the app."""
    waiting = asyncio.ensure_future(call(route))
    await reached(razorpay, waiting)
    for _ in range(FEW):  # a worker of the app may read its table at the same time
        transactions, where = await postgres.fetch(OPEN), witness.where()
        if not transactions:
            break
    razorpay.gate.open()
    await waiting
    if transactions:
        state, query = transactions[0].values()
        refuse(
            saw=f"while Razorpay was asked for the {route.split('/')[1]}, a transaction of the app"
            f" was open: {state!r} since {shorten(brief(query), 90)}",
            wants="a transaction that has ended before somebody else is asked",
            look_at=where,
        )


@pytest.mark.guideline("L207")
@ROUTES
async def test_who_waits_for_razorpay_holds_no_connection(
    route: str, call: Call, razorpay: Partner, postgres: PostgresDatabase, witness: Witness
) -> None:
    """However many wait for Razorpay, the connections of the pool are there for others."""
    calls = [asyncio.ensure_future(call(route, payment)) for payment in CAPTURED]
    await reached(razorpay, *calls)
    # All of them wait; an outbox has answered them, and may ask for one after the other.
    await look_until(
        postgres,
        lambda: all(one.done() for one in calls) or razorpay.gate.arrived == len(calls),
    )
    await look_until(postgres, lambda: not witness.held, looks=FEW)
    held, where = len(witness.held), witness.where()
    razorpay.gate.open()
    await asyncio.gather(*calls)
    if held:
        refuse(
            saw=f"{len(calls)} calls waited for Razorpay; connections of the pool in use: {held}",
            wants="none for those who wait: the pool has 15 connections for everybody",
            look_at=where,
        )


@pytest.mark.guideline("L207")
async def test_others_see_a_captured_payment_meanwhile(
    call: Call, razorpay: Partner, serve: Serve
) -> None:
    """While Razorpay is at work the payment can be read, and nobody is told that it is refunded."""
    waiting = asyncio.ensure_future(call(REFUND))
    await reached(razorpay, waiting)
    response = await call("GET ")
    razorpay.gate.open()
    await waiting
    seen = serve.expect(response, 200, wants="a payment that can be read at any time").json()
    if seen["status"] == "refunded" or seen["refund_id"]:
        refuse(
            saw="Razorpay had not answered, and the payment said 'refunded'",
            wants="'refunded' when the money is on its way back, not before",
            look_at=SERVICE,
        )


@pytest.mark.guideline("L207")
async def test_a_refund_that_fails_can_be_sent_again(
    call: Call, razorpay: Partner, postgres: PostgresDatabase, serve: Serve, lost: Lost
) -> None:
    """When Razorpay is out of order the payment is not refunded, and the next click refunds it."""
    razorpay.gate.open()
    razorpay.broken = 1
    first = await call(REFUND)
    if first.status_code != 202:  # whoever answers before the refund has to see to it later
        serve.expect(first, 502, wants="a failure that is told")
    status = await settled(postgres, first)
    if status != "refunded" or not razorpay.refunds:
        again = await call(REFUND)
        if again.status_code >= 400:
            refuse(
                saw=f"Razorpay was out of order for one click; after it the payment is {status!r},"
                f" and the next click is answered {told(again)}",
                wants="a payment that the next click refunds",
                look_at=SERVICE,
            )
        await settled(postgres, again)
    await expect_one_refund(postgres, razorpay, lost)


@pytest.mark.guideline("L207")
async def test_two_clicks_are_one_refund(
    call: Call, razorpay: Partner, postgres: PostgresDatabase, lost: Lost
) -> None:
    """A second click, while Razorpay is at work on the first or later, sends no more money."""
    first = asyncio.ensure_future(call(REFUND))
    await reached(razorpay, first)
    second = asyncio.ensure_future(call(REFUND))
    # It is answered, waits for the first, or asks Razorpay again.
    await look_until(postgres, lambda: second.done() or razorpay.asked > 1, query=LOCKED)
    razorpay.gate.open()
    await settled(postgres, *await asyncio.gather(first, second))
    later = await call(REFUND)
    await expect_one_refund(postgres, razorpay, lost)
    if told(later) != "409 payment_not_refundable":
        refuse(
            saw=f"the payment is refunded, and a later click is answered {told(later)}",
            wants="409 payment_not_refundable for a payment that is refunded",
            look_at=SERVICE,
        )


async def test_the_answers_are_as_before(
    call: Call, razorpay: Partner, postgres: PostgresDatabase, serve: Serve, lost: Lost
) -> None:
    """What is captured is refunded and stored; of what is not, Razorpay hears nothing."""
    razorpay.gate.open()
    settlement = serve.expect(await call(SETTLEMENT), 200, wants="a settlement").json()
    expected = {"settlement_id": f"setl_{provider_id(FIRST)}", "is_paid_out": True}
    expect_equal(settlement, expected, wants="what Razorpay says")
    refunded = await call(REFUND)
    if refunded.status_code != 202:
        serve.expect(refunded, 200, wants="a refund")
    await settled(postgres, refunded)
    expected = {
        "id": str(FIRST),
        "amount_paise": AMOUNT,
        "status": "refunded",
        "refund_id": f"rfnd_{provider_id(FIRST)}_1",
    }
    if refunded.status_code == 200:
        expect_equal(refunded.json(), expected, wants="the payment as it is now")
    now = (await call("GET ")).json()
    if now != expected:
        expect_stored(lost)
    expect_equal(now, expected, name="the payment, read again", wants="what Razorpay did, stored")
    asked = razorpay.asked
    for route, payment, expected_refusal in (
        (REFUND, CREATED, "409 payment_not_refundable"),
        (REFUND, FIRST, "409 payment_not_refundable"),
        (REFUND, UNKNOWN, "404 payment_not_found"),
        (SETTLEMENT, UNKNOWN, "404 payment_not_found"),
        ("GET ", UNKNOWN, "404 payment_not_found"),
    ):
        refusal = told(await call(route, payment))
        expect_equal(refusal, expected_refusal, name=route, wants="refusals as before")
    expect_equal(razorpay.asked, asked, name="calls of Razorpay", wants="no call for a refusal")


async def test_a_settlement_that_fails_is_told(call: Call, razorpay: Partner) -> None:
    """When Razorpay is out of order, who asks for a settlement is told so."""
    razorpay.broken = 1
    expect_equal(told(await call(SETTLEMENT)), "502 provider_unavailable", wants="502")


async def look_until(
    postgres: PostgresDatabase,
    is_done: Callable[[], bool],
    *,
    query: str = "SELECT WHERE false",
    looks: int = MANY,
) -> None:
    """Return when it is done, when the query finds something, or after that many looks."""
    for _ in range(looks):
        if is_done() or await postgres.fetch(query):
            return


async def reached(razorpay: Partner, *calls: asyncio.Future[Response]) -> None:
    """Wait until a call has reached Razorpay.

    Raises:
        Verdict: a call was answered before, and not with the 202 of who sees to it later.

    """
    __tracebackhide__ = True
    entered = asyncio.ensure_future(razorpay.gate.entered())
    waiting: set[asyncio.Future[Any]] = {*calls, entered}
    while not razorpay.gate.arrived:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        answers: list[Response] = [one.result() for one in done if one is not entered]
        if entered in done:
            entered.result()
        for answer in answers:
            if answer.status_code != 202 and not razorpay.gate.arrived:
                entered.cancel()
                refuse(
                    saw=f"{answer.request.method} {answer.request.url.path.rpartition('/')[2]} was"
                    f" answered {told(answer)}, and Razorpay was not asked",
                    wants="the answer that Razorpay gives",
                    look_at=SERVICE,
                )
    await entered


async def settled(postgres: PostgresDatabase, *answers: Response) -> str:
    """Return the status of the first payment, once those who answered 202 have seen to it."""
    query = "SELECT status FROM payments WHERE id = $1"
    status: str = await postgres.fetchval(query, FIRST)
    with suppress(TimeoutError):
        async with asyncio.timeout(GUARD):
            while status not in ("captured", "refunded") and 202 in [
                one.status_code for one in answers
            ]:
                status = await postgres.fetchval(query, FIRST)
    return status


def expect_stored(lost: Lost) -> None:
    """Demand, of a payment that is not stored as it should be, that it was not out of reach."""
    __tracebackhide__ = True
    if lost:
        refuse(
            saw="the payment was changed and nothing was stored: the object belongs to no session"
            " any more, so no flush and no commit sends what is written to it",
            wants="what Razorpay did, in the row: write to an object of the session that commits",
            look_at=str(lost[0]),
        )


async def expect_one_refund(postgres: PostgresDatabase, razorpay: Partner, lost: Lost) -> None:
    """Demand that the money went back once, and that the row says so."""
    __tracebackhide__ = True
    sent = razorpay.refunds[provider_id(FIRST)]
    expect_equal(
        sent, 1, name="the number of refunds at Razorpay", wants="one refund", look_at=SERVICE
    )
    (row,) = await postgres.fetch("SELECT status, refund_id FROM payments WHERE id = $1", FIRST)
    expected = {"status": "refunded", "refund_id": f"rfnd_{provider_id(FIRST)}_1"}
    if row != expected:
        expect_stored(lost)
    expect_equal(row, expected, name="the payment", wants="what Razorpay did", look_at=SERVICE)


def brief(query: str) -> str:
    """Leave the columns of a statement out."""
    head, found, tail = " ".join(query.split()).partition(" FROM ")
    return f"{head.split()[0]} … FROM {tail}" if found else head


def told(response: Response) -> str:
    """Return the status of an answer, and its error code where it has one."""
    body: Any = response.json() if "json" in response.headers.get("content-type", "") else {}
    return f"{response.status_code} {body.get('error', {}).get('code', '')}".rstrip()
