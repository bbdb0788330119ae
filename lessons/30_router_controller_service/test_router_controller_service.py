"""Routers know HTTP, services know the rules, and no endpoint runs another one."""

import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from inspect import iscoroutinefunction, signature, unwrap
from itertools import product
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple
from uuid import UUID

import grimp
import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import Where, slice_frame, where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.sql import SqlProbe
from docfliq_katas.probes.verdict import refuse
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx import AsyncClient, Response
from sqlalchemy import event
from sqlalchemy.pool import Pool

from seed import ASHA, ECG, FRACTURES, ROHAN, seed
from src.courses import service as courses_service
from src.courses.exceptions import PromoExpiredError
from src.courses.models import Course, PromoCode
from src.main import create_app

SERVICE = "src/courses/service.py"
WARD, CALL = "ecg-for-the-ward", "fractures-on-call"
ROUTERS, CONTROLLERS = "router", "controller"
CALLABLE = "a rule that any program can call: price_of(course, promo, now), plain, in " + SERVICE
EXPIRED = "409 promo_expired: The code is not valid any more"
UNKNOWN = "404 promo_not_found: There is no such code for this course"
NO_COURSE = "404 course_not_found: There is no such course"
ENROLLED = "409 already_enrolled: You are enrolled already"
UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


class Way(NamedTuple):
    """A route that tells a price: its name, and the field that has it."""

    name: str
    field: str

    async def call(
        self, client: AsyncClient, slug: str, code: str | None, who: UUID | None = ASHA
    ) -> Response:
        """Ask for the price of a course with a code."""
        method, _, path = self.name.partition(" ")
        sent = {"promo_code": code} if code is not None else {}
        if path == "/payments/orders":
            sent["slug"] = slug
        return await client.request(
            method,
            f"/api/v1{path.replace('{slug}', slug)}",
            headers={"X-User-Id": str(who)} if who else {},
            params=sent if method == "GET" else None,
            json=sent if method == "POST" else None,
        )


QUOTE = Way("GET /courses/{slug}/quote", "price_paise")
ENROLL = Way("POST /courses/{slug}/enroll", "final_price_paise")
ORDER = Way("POST /payments/orders", "amount_paise")
WAYS = (QUOTE, ENROLL, ORDER)


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
async def client(
    app: FastAPI, postgres: PostgresDatabase, serve: Serve
) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(app) as client:
        yield client


@pytest.mark.guideline("L111", "L145", "L318")
def test_the_rule_can_be_called_without_http() -> None:
    """Whoever has a course, a code and a moment gets the price, without an app or a database."""
    price_of = the_rule()
    course = Course(id=ECG, slug=WARD, title="ECG for the ward", price_paise=149_900)
    table = [
        (149_900, None, UNTIL, 149_900),
        (149_900, promo(20), UNTIL - INSTANT, 119_920),
        (149_900, promo(20), UNTIL, "PromoExpiredError"),
        (149_900, promo(20), UNTIL + INSTANT, "PromoExpiredError"),
        (149_900, promo(20, is_active=False), UNTIL - INSTANT, "PromoExpiredError"),
        (33_333, promo(15), UNTIL - INSTANT, 28_333),  # 28 333.05
        (14_970, promo(15), UNTIL - INSTANT, 12_725),  # 12 724.5
        (14_990, promo(15), UNTIL - INSTANT, 12_742),  # 12 741.5
        (14_951, promo(1), UNTIL - INSTANT, 14_801),  # 14 801.49
        (149_900, promo(100), UNTIL - INSTANT, 0),
        (0, promo(20), UNTIL - INSTANT, 0),
    ]
    for full_price, code, now, expected in table:
        course.price_paise = full_price
        try:
            told: object = price_of(course, code, now)
            shown = f"is {told!r}"
        except PromoExpiredError as error:
            told = type(error).__name__
            shown = f"raised {told}"
        if told != expected:
            refuse(
                saw=f"price_of({full_price} paise, {handed_in(code, now)}) {shown} instead of"
                f" {expected}",
                wants="the price from the rows and the moment that are handed in, with half a paisa"
                " rounded up",
                look_at=place_of(price_of),
            )


@pytest.mark.guideline("L111", "L318")
async def test_every_route_asks_the_rule(
    client: AsyncClient, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the rule in the service is another one, every price that a route tells is another."""
    replace(the_rule(), another_rule, monkeypatch)
    for way in WAYS:
        answer = await way.call(client, WARD, "HEART20")
        expect_equal(
            told(answer, way, serve),
            424_242,
            name=f"with a rule that says 424242, {way.name}",
            wants="routes without a rule of their own: they ask the service",
            look_at=endpoint(way),
        )


@pytest.mark.guideline("L144", "L319")
async def test_a_request_runs_one_endpoint(app: FastAPI, client: AsyncClient, serve: Serve) -> None:
    """While one request is answered, one endpoint runs: none calls another, by HTTP or without."""
    too_many = {}
    for way in WAYS:
        with endpoints_run(app) as run:
            answer = await way.call(client, WARD, "HEART20")
        serve.expect(answer, 200 if way is QUOTE else 201, wants="an answer")
        if len(run) != 1:
            too_many[way] = f"{way.name} ran {len(run)} endpoints: {', '.join(run)}"
    if too_many:
        refuse(
            saw="\n".join(too_many.values()),
            wants="one endpoint for one request; what two of them need is a function below",
            look_at=", ".join(endpoint(way) for way in too_many),
        )


@pytest.mark.guideline("L319")
async def test_a_request_holds_one_connection(client: AsyncClient, serve: Serve) -> None:
    """While one request is answered, it holds one connection, and waits for no second one."""
    too_many = {}
    for way in WAYS:
        with connections_held() as held:
            answer = await way.call(client, WARD, "HEART20")
        serve.expect(answer, 200 if way is QUOTE else 201, wants="an answer")
        if held.most > 1:
            by = f" by {held.last}" if held.last else ""
            too_many[way] = f"{way.name} held {held.most} connections at a time; the last taken{by}"
    if too_many:
        refuse(
            saw="\n".join(too_many.values()),
            wants="one connection for one request: with a second, as many requests as the pool has"
            " connections wait for each other",
            look_at=", ".join(endpoint(way) for way in too_many),
        )


@pytest.mark.guideline("L144", "L319")
async def test_a_code_is_worth_the_same_everywhere(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A price and a refusal, in its words, do not depend on the route, nor on small letters."""
    for slug, code, expected in (
        (WARD, "heart20", 119_920),
        (WARD, "Heart20", 119_920),
        (CALL, "bones15", 12_725),
        (WARD, "diwali10", EXPIRED),
        (WARD, "PILOT50", EXPIRED),
        (WARD, "NOBODY99", UNKNOWN),
        (CALL, "HEART20", UNKNOWN),
        ("no-such-course", "HEART20", NO_COURSE),
    ):
        await postgres.execute("DELETE FROM enrollments")
        seen = {way: told(await way.call(client, slug, code), way, serve) for way in WAYS}
        wrong = [way for way in WAYS if seen[way] != expected]
        if wrong:
            refuse(
                saw=f"{code} for {slug}:\n" + "\n".join(f"{way.name}: {seen[way]}" for way in WAYS),
                wants=f"{expected} on each of them",
                look_at=", ".join(map(endpoint, wrong)),
            )


@pytest.mark.guideline("L109", "L110", "L112", "L113", "L140", "L141", "L142", "L143")
async def test_services_ask_the_database(
    client: AsyncClient, serve: Serve, sql_probe: SqlProbe
) -> None:
    """A router passes on what came in, a controller puts an answer together, and neither sends a
    statement."""
    for way in WAYS:
        with sql_probe.record() as statements:
            told(await way.call(client, WARD, "HEART20"), way, serve)
        for statement in statements:
            layer = Path(statement.where.file).stem if statement.where else ""
            if any(name in layer for name in (ROUTERS, CONTROLLERS)):
                refuse(
                    saw=f"{way.name} sent a statement from {statement.where}:\n{statement.brief}",
                    wants="a database that is asked below the routers and controllers",
                    look_at=str(statement.where),
                )


@pytest.mark.guideline("L114", "L140", "L141", "L142", "L143")
def test_nothing_below_a_router_imports_one() -> None:
    """Imports follow a request down, from the router to the tables, and never come back up."""
    graph = grimp.build_graph("src", cache_dir=None, exclude_type_checking_imports=True)
    for layer, above in (
        ("models", (ROUTERS, CONTROLLERS, "service")),
        ("service", (ROUTERS, CONTROLLERS)),
        ("controller", (ROUTERS,)),
    ):
        for module, other in product(in_layer(graph, layer), in_layer(graph, *above)):
            chain = graph.find_shortest_chain(importer=module, imported=other)
            if chain:
                refuse(
                    saw=f"{module} knows a layer above it: {' → '.join(chain)}",
                    wants="router → controller → service → models, in this direction only",
                    look_at=place_of_import(graph, chain, in_layer(graph, *above)),
                )


async def test_a_price_is_stored_once_for_its_doctor(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """An enrolment and an order keep the price that was told, and nobody enrols twice."""
    for who, code, price in ((ASHA, "HEART20", 119_920), (ROHAN, None, 149_900)):
        for way in (ENROLL, ORDER):
            answer = await way.call(client, WARD, code, who)
            expect_equal(told(answer, way, serve), price, name=way.name, wants="the price")
            expect_equal(answer.status_code, 201, name=way.name, wants="201 for what was made")
            table = "enrollments" if way is ENROLL else "payments"
            kept = await postgres.fetch(f"SELECT * FROM {table} WHERE user_id = $1", who)  # noqa: S608 - our names
            (row,) = kept or [{}]
            shown = answer.json()
            expect_equal(
                (row.get("course_id"), row.get(way.field), row.get("id")),
                (ECG, price, UUID(shown.get("enrollment_id") or shown.get("payment_id"))),
                name=f"the row in {table}",
                wants="what the answer says",
            )
        again = await ENROLL.call(client, WARD, code, who)
        expect_equal(
            told(again, ENROLL, serve),
            ENROLLED,
            name="a second enrolment",
            wants="the refusal as before",
        )
    counted = [
        await postgres.fetchval("SELECT count(*) FROM enrollments"),
        await postgres.fetchval("SELECT count(*) FROM payments"),
    ]
    expect_equal(counted, [2, 2], name="rows", wants="one row for each that was told 201")


async def test_the_pages_say_what_they_said(client: AsyncClient, serve: Serve) -> None:
    """The page of a course, and its quote, have the fields that they had."""
    headers = {"X-User-Id": str(ASHA)}
    for enrolled in (False, True):
        page = await client.get(f"/api/v1/courses/{CALL}", headers=headers)
        expect_equal(
            serve.expect(page, 200, wants="the page of a course").json(),
            {
                "slug": CALL,
                "title": "Fractures on call",
                "price_paise": 14_970,
                "is_enrolled": enrolled,
            },
            name="the page",
            wants="the page as before",
        )
        await ENROLL.call(client, CALL, None)
    other = await client.get(f"/api/v1/courses/{WARD}", headers=headers)
    not_hers = {"slug": WARD, "is_enrolled": False}
    shown = {key: other.json()[key] for key in not_hers}
    expect_equal(shown, not_hers, name="another course", wants="a course that is not hers")
    quote = serve.expect(await QUOTE.call(client, CALL, "BONES15"), 200, wants="a quote")
    expect_equal(
        quote.json(),
        {"course_id": str(FRACTURES), "slug": CALL, "price_paise": 12_725},
        name="the quote",
        wants="the quote as before",
    )
    order = await ORDER.call(client, WARD, None)
    expect_equal(
        sorted(order.json()),
        ["amount_paise", "payment_id"],
        name="the fields of an order",
        wants="the order as before",
        look_at="src/payments/schemas.py",
    )
    enrolled_in = await ENROLL.call(client, WARD, None)
    expect_equal(
        (enrolled_in.json()["course_id"], sorted(enrolled_in.json())),
        (str(ECG), ["course_id", "enrollment_id", "final_price_paise"]),
        name="course and fields of an enrolment",
        wants="the enrolment as before",
    )


async def test_what_is_no_code_is_refused(client: AsyncClient, postgres: PostgresDatabase) -> None:
    """A code of fewer than 3 or more than 20 characters is a 422 on every route, a stranger 401,
    and so is an order's slug of more than 150."""
    for way in WAYS:
        for code, who, status in (
            ("HE", ASHA, 422),
            ("H" * 21, ASHA, 422),
            ("H" * 3, ASHA, 404),
            ("H" * 20, ASHA, 404),
            ("HEART20", None, 401),
            ("HEART20", ECG, 401),
        ):
            answer = await way.call(client, WARD, code, who)
            if way is ORDER and status == 404 and answer.status_code == 500:
                continue  # test_a_code_is_worth_the_same_everywhere asks for it
            expect_equal(
                answer.status_code,
                status,
                name=f"{way.name} with {code} as {who}",
                wants="the limits as before",
                look_at=endpoint(way),
            )
    for length in (150, 151):
        answer = await ORDER.call(client, "s" * length, None)
        if (answer.status_code == 422) is not (length > 150):
            refuse(
                saw=f"an order for a slug of {length} characters: {answer.status_code}",
                wants="the limits as before: a 422 from 151 characters on",
                look_at="src/payments/schemas.py",
            )
    made = await postgres.fetchval(
        "SELECT (SELECT count(*) FROM enrollments) + (SELECT count(*) FROM payments)"
    )
    expect_equal(made, 0, name="rows after refusals", wants="nothing stored")


def the_rule() -> Callable[..., Any]:
    """Return price_of of the service."""
    __tracebackhide__ = True
    found = getattr(courses_service, "price_of", None)
    if not callable(found):
        refuse(saw=f"{SERVICE} has no function price_of", wants=CALLABLE, look_at=SERVICE)
    shape = signature(found)
    if iscoroutinefunction(found) or iscoroutinefunction(unwrap(found)):
        saw = f"price_of is async, so it gives no price, but something to await: {shape}"
        refuse(saw=saw, wants=CALLABLE, look_at=place_of(found))
    try:
        shape.bind("course", "promo", "now")
    except TypeError:
        refuse(saw=f"def price_of{shape}", wants=CALLABLE, look_at=place_of(found))
    return found


def place_of(function: Callable[..., Any]) -> str:
    """Return where a function is defined, or the file of the service."""
    return str(where_defined(unwrap(function)) or SERVICE)


def replace(old: Callable[..., Any], new: FunctionType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all who have the old function, under whatever name, call the new one."""
    if isinstance(old, FunctionType):  # a closure's code has as many free variables as before
        code = new.__code__.replace(co_freevars=old.__code__.co_freevars)
        monkeypatch.setattr(old, "__code__", code)
        return
    for module in [one for name, one in sys.modules.items() if name.partition(".")[0] == "src"]:
        for name in [name for name, value in vars(module).items() if value is old]:
            monkeypatch.setattr(module, name, new)


def another_rule(*_: object, **__: object) -> int:
    """Return a price that no other rule does."""
    return 424_242


def promo(discount_pct: int, *, is_active: bool = True) -> PromoCode:
    """Return a code of the ECG course, as a row that was never in a database."""
    return PromoCode(
        id=ECG,
        course_id=ECG,
        code="HEART20",
        discount_pct=discount_pct,
        valid_until=UNTIL,
        is_active=is_active,
    )


def handed_in(code: PromoCode | None, now: datetime) -> str:
    """Return a code and a moment in words, as price_of is given them."""
    if code is None:
        return f"no code, now = {now:%Y-%m-%d}"
    moment = {-INSTANT: "a microsecond before", timedelta(0): "exactly at"}.get(
        now - UNTIL, "a microsecond after"
    )
    active = "" if code.is_active else ", switched off"
    return f"-{code.discount_pct} % until {UNTIL:%Y-%m-%d}{active}, now = {moment} its end"


def told(answer: Response, way: Way, serve: Serve) -> object:
    """Return the price of an answer, or the status, the code and the words of a refusal."""
    body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.is_success:
        return body.get(way.field)
    raised = f", {serve.errors[-1]}" if answer.status_code == 500 and serve.errors else ""
    serve.errors.clear()
    error = body.get("error")
    if not isinstance(error, dict) or error.get("details") != []:
        return f"{answer.status_code} {body or ''}".rstrip() + raised
    return f"{answer.status_code} {error.get('code')}: {error.get('message')}"


def in_layer(graph: grimp.ImportGraph, *layers: str) -> list[str]:
    """Return the modules of some layers, such as every `service`."""
    return sorted(name for name in graph.modules if name.rpartition(".")[2] in layers)


def place_of_import(graph: grimp.ImportGraph, chain: tuple[str, ...], above: list[str]) -> str:
    """Return where a chain of imports comes to one of the modules above."""
    at = next(index for index, name in enumerate(chain) if index and name in above)
    (first, *_) = graph.get_import_details(importer=chain[at - 1], imported=chain[at])
    return f"{chain[at - 1].replace('.', '/')}.py:{first['line_number']}"


@dataclass
class Held:
    """How many connections were out of their pools at a time, and where one was taken then."""

    most: int = 0
    last: Where | None = None


@contextmanager
def connections_held() -> Iterator[Held]:
    """Return how many connections the app holds at the same time meanwhile."""
    seen, out = Held(), set[object]()

    def taken(_: object, record: object, __: object) -> None:
        out.add(record)
        if len(out) > seen.most:
            seen.most, seen.last = len(out), slice_frame()

    def returned(_: object, record: object) -> None:
        out.discard(record)

    event.listen(Pool, "checkout", taken)
    event.listen(Pool, "checkin", returned)
    try:
        yield seen
    finally:
        event.remove(Pool, "checkout", taken)
        event.remove(Pool, "checkin", returned)


@contextmanager
def endpoints_run(app: FastAPI) -> Iterator[dict[str, None]]:
    """Return the names of the endpoints of the app whose code runs meanwhile, in any thread."""
    known: dict[CodeType, str] = {}
    for one in iter_route_contexts(app.routes):
        code = getattr(unwrap(one.endpoint) if one.endpoint else None, "__code__", None)
        if code is not None:
            known[code] = code.co_name
    run: dict[str, None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in known:
            run[known[frame.f_code]] = None

    before = sys.getprofile()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield run
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


def endpoint(way: Way) -> str:
    """Return where the endpoint of a route is."""
    method, _, path = way.name.partition(" ")
    for one in iter_route_contexts(create_app().routes):
        if one.path == f"/api/v1{path}" and method in (one.methods or ()):
            return str((one.endpoint and where_defined(unwrap(one.endpoint))) or "src")
    return "src"
