"""A limit limits: every way in asks it, all workers share it, and no client can slip it."""

import asyncio
import importlib
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import ContextVar
from itertools import count
from typing import Any

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.valkey_line import ValkeyLine
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from redis.asyncio import Redis
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

PROXY = "10.20.0.5"
HOSPITAL, HOME, ATTACKER = "203.0.113.7", "203.0.113.99", "198.51.100.66"
LOGIN = "/api/v1/auth/login"
LIARS = ["X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP"]
PASSWORDS = {"asha": "correct-horse-9", "rohan": "battery-staple-4"}
LIMIT, QUARTER = 20, 15 * 60  # logins of an address
COMMENTS, MINUTE = 5, 60  # comments of a doctor

LIMITER, WHO, ROUTE = "src/rate_limit.py", "src/dependencies.py", "src/comments/router.py"
TWENTY = "20 tries of one address in a quarter of an hour, whichever workers they meet"
UNMOVED = "the address that the server has found out, whatever a header says"
FIVE = "5 comments of one doctor in a minute, whichever the posts, the addresses and the sessions"
ITS_END = "a window that ends a quarter of an hour after its first try, whatever came later"
READ = "reading as before, as often as one likes, with a session or without"
AN_END = "a counter that gets its end in the same step, or by the next try at the latest"
LIMITS = {"login": LIMIT, "comment": COMMENTS}

_peer: ContextVar[str] = ContextVar("peer", default=PROXY)
_ports = count(40_000)


class Server:
    """What uvicorn does before the app: a connection has an address, and the proxy is believed.

    It stands for `uvicorn --forwarded-allow-ips 10.20.0.5`, with uvicorn's own code for it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app: Any = ProxyHeadersMiddleware(app, trusted_hosts=PROXY)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app for a connection from the address of the test."""
        if scope["type"] == "http":
            scope["client"] = (_peer.get(), next(_ports))
        await self._app(scope, receive, send)


class Clock:
    """The time of the app and of the server's keys, which passes when the test says so."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey
        self.now = 1_999_999_900.0  # 100 seconds into a quarter of an hour

    async def let_pass(self, seconds: int) -> None:
        """Make every key, and every time that a sorted set was given by the server, older."""
        self.now += seconds
        async for key in self._valkey.scan_iter():
            left = await self._valkey.pttl(key) - seconds * 1000
            if await self._valkey.type(key) == "zset":
                await self._age(key, seconds)
            if left > 0:
                await self._valkey.pexpire(key, left)
            elif left > -seconds * 1000 - 1:
                await self._valkey.delete(key)

    async def _age(self, key: str, seconds: int) -> None:
        today, _ = await self._valkey.time()
        for member, score in await self._valkey.zrange(key, 0, -1, withscores=True):
            unit = next(unit for unit in (1, 1e3, 1e6) if score / unit < 1e10)
            if abs(score / unit - today) < abs(score / unit - self.now):
                await self._valkey.zadd(key, {member: score - seconds * unit})


class Worker:
    """One worker process of the app, with an import of its own, and callers from anywhere."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._emails = (f"doctor{number}@example.org" for number in count(1))

    async def call(
        self,
        method: str,
        path: str,
        *,
        address: str = HOSPITAL,
        behind: bool = True,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Response:
        """Send a request as a client of the proxy does, or as one that goes past the proxy."""
        sent = {name.lower(): value for name, value in (headers or {}).items()}
        if behind:  # what nginx calls $proxy_add_x_forwarded_for
            said = sent.get("x-forwarded-for")
            sent["x-forwarded-for"] = f"{said}, {address}" if said else address
        token = _peer.set(PROXY if behind else address)
        try:
            return await self._client.request(method, path, headers=sent, **options)
        finally:
            _peer.reset(token)

    async def guess(self, address: str = HOSPITAL, **options: Any) -> int:
        """Try to log in to one more account with a wrong password."""
        sent = {"email": next(self._emails), "password": "guessed"}
        response = await self.call("POST", LOGIN, address=address, json=sent, **options)
        return response.status_code

    async def log_in(self, who: str, address: str) -> Response:
        """Log in with the right password."""
        sent = {"email": f"{who}@example.org", "password": PASSWORDS[who]}
        return await self.call("POST", LOGIN, address=address, json=sent)

    async def comment(self, token: str, post_id: str = "p-1", address: str = HOSPITAL) -> Response:
        """Write a comment."""
        headers = {"Authorization": f"Bearer {token}"}
        path, sent = f"/api/v1/posts/{post_id}/comments", {"body": "Look at V1."}
        return await self.call("POST", path, address=address, headers=headers, json=sent)


Start = Callable[[], Awaitable[Worker]]
Act = Callable[[str], Awaitable[None]]


@pytest.fixture
def clock(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the app."""
    clock = Clock(valkey)
    monkeypatch.setattr(time, "time", lambda: clock.now)
    monkeypatch.setattr(time, "time_ns", lambda: int(clock.now * 1e9))
    return clock


@pytest.fixture
async def start(valkey: Redis, serve: Serve) -> AsyncIterator[Start]:
    """Return a function that starts a worker."""
    async with AsyncExitStack() as stack:

        async def start() -> Worker:
            app = Server(_import_anew("src.main").create_app())
            return Worker(await stack.enter_async_context(serve(app)))

        yield start


@pytest.fixture
async def tokens(valkey: Redis) -> dict[str, str]:
    """Sessions of two doctors, as a login leaves them; Asha has another on her phone."""
    tokens = {who: f"session-of-{who}" for who in ("asha", "rohan", "asha on her phone")}
    for who, token in tokens.items():
        await valkey.set(f"session:{token}", f"u-{who.split()[0]}", ex=3600)
    return tokens


@pytest.fixture
async def act(valkey: Redis, valkey_line: ValkeyLine, start: Start, serve: Serve) -> Act:
    """Return a function that tries once over the line, which may fail."""
    worker = await start()
    await valkey.set("session:of-asha", "u-asha", ex=3600)

    async def act(scope: str) -> None:
        await (worker.guess() if scope == "login" else worker.comment("of-asha"))
        serve.errors.clear()  # a failure was the test's doing

    for scope in LIMITS:  # what is loaded once, such as a script, is loaded
        await act(scope)
    return act


@pytest.mark.guideline("L268")
async def test_all_workers_count_together(start: Start, clock: Clock) -> None:
    """Which worker a try meets changes nothing, and neither does a worker that was just started."""
    workers = [await start(), await start()]
    statuses = [await workers[number % 2].guess() for number in range(LIMIT + 2)]
    just_started = await start()
    statuses += [await just_started.guess() for _ in range(2)]
    expect_let_through(
        statuses,
        LIMIT,
        "one address, a new account each time, by way of 3 workers",
        wants=TWENTY,
        look_at=LIMITER,
    )


@pytest.mark.guideline("L268")
@pytest.mark.parametrize("behind", [True, False], ids=["through-the-proxy", "past-the-proxy"])
async def test_a_header_opens_no_new_window(start: Start, clock: Clock, *, behind: bool) -> None:
    """Whoever says in each request that it is somebody else is limited like everybody."""
    worker = await start()
    statuses = []
    for number in range(LIMIT + 2):
        lie = f"192.0.2.{number}"
        headers = {**dict.fromkeys(LIARS, lie), "Forwarded": f"for={lie}"}
        statuses.append(await worker.guess(ATTACKER, behind=behind, headers=headers))
    expect_let_through(
        statuses,
        LIMIT,
        f"one address, {'through' if behind else 'past'} the proxy, with another lie each time"
        f" in {', '.join(LIARS)} and Forwarded",
        wants=UNMOVED,
        look_at=WHO,
    )


@pytest.mark.guideline("L268")
async def test_the_sixth_comment_in_a_minute_is_refused(
    start: Start, clock: Clock, tokens: dict[str, str]
) -> None:
    """A doctor writes five comments a minute, on all posts together, from all devices together."""
    workers = [await start(), await start()]
    desk, phone = tokens["asha"], tokens["asha on her phone"]
    places = [
        (desk, "p-1", HOSPITAL),
        (phone, "p-2", HOME),
        (phone, "p-3", HOSPITAL),
        (desk, "p-4", ATTACKER),
    ]

    async def write(number: int) -> Response:
        return await workers[number % 2].comment(*places[number % 4])

    responses = [await write(number) for number in range(7)]
    statuses = [response.status_code for response in responses]
    story = "one doctor, on 4 posts, from 3 addresses and in 2 sessions"
    expect_let_through(statuses, COMMENTS, story, wants=FIVE, look_at=ROUTE, accepted=(201,))
    expect_limited(responses[-1], at_most=MINUTE)
    await clock.let_pass(MINUTE)
    expect_equal(
        (await write(0)).status_code,
        201,
        name="a comment a minute later",
        wants="room again when the window is over",
        look_at=LIMITER,
    )


@pytest.mark.guideline("L268")
async def test_a_right_password_opens_no_new_window(start: Start, clock: Clock) -> None:
    """Whoever has an account, and logs in now and then, may guess no more than others."""
    worker = await start()
    statuses = []
    for _ in range(6):
        statuses += [await worker.guess() for _ in range(3)]
        statuses.append((await worker.log_in("rohan", HOSPITAL)).status_code)
    expect_let_through(
        statuses,
        LIMIT,
        "one address, a right password after every 3 wrong ones",
        wants="20 tries of one address in a quarter of an hour, the right ones among them",
        look_at=WHO,
        accepted=(200, 401),
    )


@pytest.mark.guideline("L268")
async def test_tries_at_the_same_time_are_all_counted(start: Start, clock: Clock) -> None:
    """Tries that arrive at once do not get past the limit together."""
    worker = await start()
    statuses = await asyncio.gather(*[worker.guess() for _ in range(LIMIT + 10)])
    seen = Counter(statuses)
    if seen != {401: LIMIT, 429: 10}:
        refuse(
            saw="30 tries of one address at once:"
            f" {'more' if seen[401] > LIMIT else 'fewer'} than 20 were let through",
            wants=TWENTY,
            look_at=LIMITER,
        )


@pytest.mark.guideline("L268")
async def test_a_neighbour_is_not_limited(
    start: Start, clock: Clock, tokens: dict[str, str]
) -> None:
    """An attacker uses up nobody else's tries, behind the same proxy or at the same address."""
    worker = await start()
    for _ in range(LIMIT + 1):
        await worker.guess(ATTACKER)
    for address, behind in ((HOSPITAL, True), (HOME, True), (HOME, False)):
        seen = await worker.guess(address, behind=behind)
        expect_equal(
            seen,
            401,
            name=f"the first try from {address}",
            wants="a window for each address: it is not the proxy's, and not everybody's",
            look_at=WHO,
        )
    for _ in range(COMMENTS + 1):
        await worker.comment(tokens["rohan"])
    expect_equal(
        (await worker.comment(tokens["asha"])).status_code,
        201,
        name="a comment of a colleague at the same address",
        wants="a window for each doctor",
        look_at=WHO,
    )
    await worker.guess()
    expect_equal(
        (await worker.log_in("asha", HOSPITAL)).status_code,
        200,
        name="a login of one who has written comments",
        wants="comments and logins counted apart",
        look_at=WHO,
    )


@pytest.mark.guideline("L268")
async def test_a_window_ends(start: Start, clock: Clock) -> None:
    """Fifteen minutes after the first try there is room, however often somebody has knocked."""
    worker = await start()
    for _ in range(LIMIT + 1):
        await worker.guess()
    await clock.let_pass(600)
    statuses = [await worker.guess() for _ in range(LIMIT)]
    if statuses != [429] * LIMIT:
        refuse(
            saw=f"of 20 tries ten minutes later, {statuses.count(429)} were refused with a 429;"
            f" the others: {', '.join(map(str, sorted({*statuses} - {429})))}",
            wants=TWENTY,
            look_at=LIMITER,
        )
    await clock.let_pass(QUARTER - 600)
    expect_equal(
        (await worker.log_in("asha", HOSPITAL)).status_code,
        200,
        name="a login fifteen minutes after the first try",
        wants=ITS_END,
        look_at=LIMITER,
    )


@pytest.mark.guideline("L268")
async def test_who_tries_now_and_then_is_not_refused(start: Start, clock: Clock) -> None:
    """A try counts for fifteen minutes, and not for as long as others follow it."""
    worker = await start()
    statuses = []
    for _ in range(6):
        statuses += [await worker.guess() for _ in range(4)]
        await clock.let_pass(300)
    if statuses != [401] * 24:
        number = next(number for number, status in enumerate(statuses) if status != 401)
        refuse(
            saw=f"24 tries, four of them every five minutes: number {number + 1} is"
            f" {statuses[number]} instead of 401",
            wants=ITS_END,
            look_at=LIMITER,
        )


@pytest.mark.guideline("L268")
async def test_a_refusal_says_for_how_long(start: Start, clock: Clock) -> None:
    """A refused client learns when there is room, and the answer to its password it does not."""
    worker = await start()
    for _ in range(LIMIT):
        await worker.guess()
    expect_limited(await worker.log_in("asha", HOSPITAL), at_most=QUARTER)
    await clock.let_pass(600)
    pause = expect_limited(await worker.log_in("asha", HOSPITAL), at_most=QUARTER - 600)
    await clock.let_pass(pause + 1)
    expect_equal(
        (await worker.log_in("asha", HOSPITAL)).status_code,
        200,
        name="a login after the seconds of Retry-After",
        wants="room when the header has said so",
        look_at=LIMITER,
    )


@pytest.mark.guideline("L268")
async def test_a_lost_line_locks_nobody_out_for_good(
    valkey: Redis, valkey_line: ValkeyLine, act: Act
) -> None:
    """Whenever the line to Valkey is lost, and however often, there is an end to the waiting."""
    for scope, limit in LIMITS.items():
        for number in count(1):
            await forget_counters(valkey)
            with valkey_line.cut_after(number):
                await act(scope)
            if len(valkey_line.carried) < number:
                break
            lost_after = f"the connection was lost after {_command(valkey_line.carried[-1])}"
            if await endless(valkey):  # a later try may repair it, if one is let through
                for _ in range(limit):
                    with valkey_line.cut_after(number):
                        await act(scope)
                await act(scope)
                story = f"{limit + 1} times {lost_after}, then one try went well:"
                await expect_an_end(valkey, story)


@pytest.mark.guideline("L268")
async def test_a_window_that_ends_in_between_locks_nobody_out_for_good(
    valkey: Redis, valkey_line: ValkeyLine, act: Act
) -> None:
    """A counter that expires while a try is on its way does not come back for ever."""
    for scope in LIMITS:
        for number in count(1):
            await forget_counters(valkey)
            with valkey_line.before(number, lambda: forget_counters(valkey)):
                await act(scope)
            if len(valkey_line.carried) < number:
                break
            story = f"the window ended before {_command(valkey_line.carried[number - 1])}"
            if await endless(valkey):
                await act(scope)
                await expect_an_end(valkey, f"{story}, then one more try was made:")


async def test_nothing_else_is_limited(start: Start, clock: Clock, tokens: dict[str, str]) -> None:
    """Reading costs no try, and who is not logged in is told so, not to wait."""
    worker = await start()
    written = [await worker.comment(tokens["asha"]) for _ in range(COMMENTS)]
    comment = {"post_id": "p-1", "author_id": "u-asha", "body": "Look at V1."}
    for number, response in enumerate(written, start=1):
        expect_answer(
            response, 201, f"comment {number} of 5", wants="comments as before", look_at=ROUTE
        )
        expect_equal(
            response.json(), comment, name="a comment", wants="comments as before", look_at=ROUTE
        )
    for _ in range(LIMIT + 1):
        read = await worker.call("GET", "/api/v1/posts/p-1/comments")
        expect_answer(read, 200, "reading the comments of a post", wants=READ, look_at=ROUTE)
        expect_equal(
            read.json().get("items"),
            [comment] * COMMENTS,
            name="items",
            wants=READ,
            look_at=ROUTE,
        )
    unknown = [await worker.comment("ended") for _ in range(COMMENTS)]
    basic = {"Authorization": f"Basic {tokens['rohan']}"}
    path = "/api/v1/posts/p-1/comments"
    unknown.append(await worker.call("POST", path, headers=basic, json={"body": "Look at V1."}))
    for response in unknown:
        expect_answer(
            response, 401, "a comment without a session", wants="401 as before", look_at=ROUTE
        )


def expect_answer(response: Response, status: int, what: str, *, wants: str, look_at: str) -> None:
    """Demand a status, and name the code of a refusal."""
    __tracebackhide__ = True
    if response.status_code != status:
        code = code_of(response)
        refuse(
            saw=f"{what} was answered {response.status_code}{f' {code}' if code else ''}"
            f" instead of {status}",
            wants=wants,
            look_at=look_at,
        )


def code_of(response: Response) -> str | None:
    """Return the error code of an answer, where it has one."""
    body: Any = response.json() if "json" in response.headers.get("content-type", "") else None
    error = body.get("error") if isinstance(body, dict) else None
    return error.get("code") if isinstance(error, dict) else None


def expect_let_through(
    statuses: list[int],
    limit: int,
    story: str,
    *,
    wants: str,
    look_at: str,
    accepted: tuple[int, ...] = (401,),
) -> None:
    """Demand that exactly `limit` tries were let through, and that the others were refused."""
    __tracebackhide__ = True
    seen = Counter(statuses)
    through = sum(seen.pop(status, 0) for status in accepted)
    if through != limit or seen != {429: len(statuses) - limit}:
        others = [f"{number} x {status}" for status, number in seen.items()]
        refuse(
            saw=f"{story}: {through} of {len(statuses)} were let through,"
            f" the rest: {', '.join(others) or 'none'}",
            wants=wants,
            look_at=look_at,
        )


async def forget_counters(valkey: Redis) -> None:
    """Delete what is neither a session nor a comment: the counters, whatever their names."""
    async for key in valkey.scan_iter():
        if not key.startswith(("session:", "comments:")):
            await valkey.delete(key)


async def endless(valkey: Redis) -> list[str]:
    """Return the keys that live for ever."""
    return [key async for key in valkey.scan_iter() if await valkey.pttl(key) == -1]


async def expect_an_end(valkey: Redis, story: str) -> None:
    """Demand that every key has a lifetime."""
    __tracebackhide__ = True
    for key in await endless(valkey):
        refuse(saw=f"{story}\n{key} lives for ever", wants=AN_END, look_at=LIMITER)


def _command(name: str) -> str:
    """Return a command as the slice calls it; redis-py sends `incr` as INCRBY."""
    return "INCR" if name == "INCRBY" else name


def expect_limited(response: Response, *, at_most: int) -> int:
    """Demand a 429 in the envelope, and return the seconds of its Retry-After."""
    __tracebackhide__ = True
    code = code_of(response)
    if (response.status_code, code) != (429, "rate_limited"):
        refuse(
            saw=f"a try too many was answered {response.status_code}, {code or 'no error code'},"
            " instead of 429, rate_limited",
            wants="a try too many refused with a code, before anything else is done with it",
            look_at=LIMITER,
        )
    said = response.headers.get("retry-after", "")
    if not said.isdecimal() or not 1 <= int(said) <= at_most + 1:  # rounded up
        refuse(
            saw=f"Retry-After is {said or 'absent'}, and {at_most} is the most that can be left",
            wants="the seconds until there is room",
            look_at=LIMITER,
        )
    return int(said)


def _import_anew(module: str) -> Any:
    """Import the slice anew, as each worker process does for itself."""
    known = _slice_modules()
    for name in known:
        del sys.modules[name]
    try:
        return importlib.import_module(module)
    finally:
        for name in _slice_modules():
            del sys.modules[name]
        sys.modules.update(known)


def _slice_modules() -> dict[str, Any]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "src"}
