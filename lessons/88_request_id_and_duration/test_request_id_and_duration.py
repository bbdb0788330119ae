"""Every log line and every answer carries the request's id, and every request is timed."""

import asyncio
import inspect
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, redirect_stdout
from io import StringIO
from time import perf_counter
from typing import Any

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.logs import LogProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.case_notes import service as notes_service
from src.main import create_app

NOTES = "/api/v1/case-notes"
IMPORT = f"{NOTES}/import"
GUARD = 10.0  # seconds; only against hanging
FINISHED = "request finished"
MIDDLEWARE = "src/middleware.py"
EVERY_LINE = "the id of its own request on each log line"

LogLines = list[dict[str, Any]]
Log = Callable[[], LogLines]  # what the app has logged since the last call
Served = Callable[..., AbstractAsyncContextManager[tuple[AsyncClient, Log]]]


class Upload:
    """The body of an import that the test holds back: it knows when the app waits for it."""

    def __init__(self, text: bytes = b"cardiology: wide QRS\n") -> None:
        self.awaited = asyncio.Event()
        self._text = text
        self._sent = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.awaited.set()
        await self._sent.wait()
        yield self._text

    def send(self) -> None:
        """Let the body arrive."""
        self._sent.set()


@pytest.fixture(autouse=True)
def own_logging(log_probe: LogProbe) -> Iterator[None]:
    """Put the configuration of logging back after the test."""
    with log_probe.record():
        yield


@pytest.fixture
def served(serve: Serve) -> Served:
    """Return a context manager: the app is served, and what it prints is its log.

    The status of each answer that the app begins is added to `begun`.
    """

    @asynccontextmanager
    async def served(begun: list[int] | None = None) -> AsyncIterator[tuple[AsyncClient, Log]]:
        printed = StringIO()

        def log() -> LogLines:
            lines = printed.getvalue().splitlines()
            printed.seek(0)
            printed.truncate()
            return [json.loads(line) for line in lines if line.startswith("{")]

        with redirect_stdout(printed):
            async with serve(_noting(create_app(), [] if begun is None else begun)) as client:
                yield client, log

    return served


@pytest.mark.guideline("L299")
async def test_two_requests_at_once_keep_their_ids(served: Served, serve: Serve) -> None:
    """Two imports that take turns: each line and each answer has the id of its own request."""
    async with served() as (client, log):
        uploads = [Upload(), Upload()]
        imports = []
        for upload in uploads:
            imports.append(asyncio.create_task(client.post(IMPORT, content=upload)))
            await asyncio.wait_for(upload.awaited.wait(), GUARD)
        responses = []
        for upload, waiting in zip(uploads, imports, strict=True):
            upload.send()
            responses.append(serve.expect(await waiting, 201, wants="an import as before"))
        first, second = map(request_id, responses)
        if first == second:
            refuse(
                saw="both answers carry one id: one of them has the other request's id",
                wants=EVERY_LINE,
                look_at=shared_id(),
            )
        lines = log()
        owners = {first: "the first request", second: "the second request"}
        story = ["import started", "import read", "search index updated with 1 notes", FINISHED]
        for line in lines:
            if line.get("request_id") not in owners:
                refuse(
                    saw=f"{line['message']!r} stands under {short(line.get('request_id'))!r},"
                    " which is no request's id",
                    wants=EVERY_LINE,
                    look_at=shared_id(),
                )
        for message in story:
            told = [line["request_id"] for line in lines if line["message"] == message]
            if len(told) != 2:
                refuse(
                    saw=f"{len(told)} lines say {message!r} for two requests",
                    wants="the lines as before, one for each request",
                )
            if told[0] == told[1]:
                refuse(
                    saw=f"two requests were under way, and both lines {message!r} stand under the"
                    f" id of {owners[told[0]]}: one of them has the other request's id",
                    wants=EVERY_LINE,
                    look_at=shared_id(),
                )


@pytest.mark.guideline("L299")
async def test_a_crash_is_found_by_its_id(served: Served, serve: Serve) -> None:
    """A 500 carries its id, and the log has the traceback under it; the answer has none of that."""
    async with served() as (client, log):
        response = await client.post(IMPORT, content=b"astrology: no such specialty\n")
        serve.expect(response, 500, wants="500 for an unexpected error")
        found = request_id(response)
        lines = log()
        expect_ids(lines, found)
        if not any("KeyError" in line.get("traceback", "") for line in lines):
            refuse(
                saw=f"no log line under {short(found)} has the traceback of the KeyError",
                wants="the cause of a 500 in the log",
                look_at=MIDDLEWARE,
            )
        if any(word in response.text for word in ("KeyError", "Traceback", "astrology")):
            refuse(
                saw=f"the answer says {response.text!r}",
                wants="no internals in an answer: what was raised is for the log",
                look_at=MIDDLEWARE,
            )


@pytest.mark.guideline("L304")
async def test_a_crash_is_timed(served: Served, serve: Serve) -> None:
    """A request that fails ends with its duration and its status, like any other."""
    async with served() as (client, log):
        response = await client.post(IMPORT, content=b"astrology: no such specialty\n")
        serve.expect(response, 500, wants="500 for an unexpected error")
        finished = the_last(log())
        expect_equal(_facts(finished), ("POST", IMPORT, 500), name=FINISHED, wants="what it was")


@pytest.mark.guideline("L299", "L304")
async def test_a_crash_after_the_answer_begins_no_other(
    served: Served, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A background task crashes: that is logged and timed, and the 201 stays the one answer."""
    monkeypatch.setattr(notes_service, "update_search_index", _search_is_down)
    begun: list[int] = []
    async with served(begun) as (client, log):
        response = await client.post(IMPORT, content=b"cardiology: wide QRS\n")
        serve.expect(response, 201, wants="the answer that was sent before the crash")
        if begun != [201]:
            refuse(
                saw=f"answers begun for one request: {', '.join(map(str, begun))}",
                wants="one answer: what was sent can be neither changed nor followed by a 500",
                look_at=MIDDLEWARE,
            )
        lines = log()
        expect_equal(
            _facts(the_last(lines)), ("POST", IMPORT, 201), name=FINISHED, wants="what was sent"
        )
        expect_ids(lines, request_id(response))
        if not any("SearchIsDownError" in line.get("traceback", "") for line in lines):
            refuse(
                saw="no log line of the request has the traceback of its background task",
                wants="the cause of a crash in the log, under the request's id",
                look_at=MIDDLEWARE,
            )


@pytest.mark.guideline("L304")
async def test_a_request_that_is_cancelled_is_timed(served: Served) -> None:
    """A request that is cut off before its answer, as by a deployment, has its last line too."""
    async with served() as (client, log):
        upload = Upload()
        waiting = asyncio.create_task(client.post(IMPORT, content=upload))
        await asyncio.wait_for(upload.awaited.wait(), GUARD)
        waiting.cancel()
        await asyncio.wait([waiting])
        finished = the_last(log())
        expect_equal(_facts(finished)[:2], ("POST", IMPORT), name=FINISHED, wants="what it was")


@pytest.mark.guideline("L304")
async def test_a_request_is_timed_from_end_to_end(served: Served, serve: Serve) -> None:
    """The duration holds the time in which the app waited, and no more than the request took."""
    async with served() as (client, log):
        upload = Upload()
        before = perf_counter()
        waiting = asyncio.create_task(client.post(IMPORT, content=upload))
        await asyncio.wait_for(upload.awaited.wait(), GUARD)
        inside = perf_counter()
        for _ in range(5):
            await client.get(f"{NOTES}/statistics")
        inside = perf_counter() - inside
        log()
        upload.send()
        serve.expect(await waiting, 201, wants="an import as before")
        whole = perf_counter() - before
        duration = the_last(log()).get("duration_ms", 0)
        if not inside * 1000 - 1 <= duration <= whole * 1000 + 1:
            refuse(
                saw=f"duration_ms is {duration}, and the client waited {whole * 1000:.0f} ms,"
                f" {inside * 1000:.0f} of them for the app to get its body",
                wants="the milliseconds from the first byte of a request to the last of its answer",
            )


@pytest.mark.guideline("L304")
async def test_a_stream_is_timed_to_its_end(served: Served, serve: Serve) -> None:
    """A streamed answer is finished when its last line is sent, not when its first one is."""
    async with served() as (client, log):
        response = serve.expect(
            await client.get(f"{NOTES}/export"), 200, wants="the export as before"
        )
        expect_equal(len(response.text.splitlines()), 3, name="notes", wants="the export as before")
        lines = log()
        expect_ids(lines, request_id(response))
        messages = [line["message"] for line in lines]
        expect_equal(
            messages,
            ["export started", "export complete", FINISHED],
            name="the lines of an export",
            wants="the duration of the whole stream",
        )


@pytest.mark.guideline("L299")
async def test_a_line_from_a_thread_has_the_id(served: Served, serve: Serve) -> None:
    """A `def` route runs on a thread, and its lines have the id just the same."""
    async with served() as (client, log):
        response = await client.get(f"{NOTES}/statistics")
        answer = serve.expect(response, 200, wants="the statistics as before").json()
        expect_equal(answer, {"notes": 19}, wants="the statistics as before")
        lines = log()
        expect_equal(
            [line["message"] for line in lines], ["counting", FINISHED], name="lines", wants="both"
        )
        expect_ids(lines, request_id(response))


@pytest.mark.guideline("L299", "L304")
@pytest.mark.parametrize(
    "case",
    [("GET", "/api/v1/nothing", 404), ("DELETE", f"{NOTES}/export", 405)],
    ids=["404", "405"],
)
async def test_a_refusal_has_an_id_and_a_duration(
    served: Served, serve: Serve, case: tuple[str, str, int]
) -> None:
    """What no route answers is logged and timed as well."""
    method, path, status = case
    async with served() as (client, log):
        response = serve.expect(await client.request(method, path), status, wants="the refusal")
        lines = log()
        expect_ids(lines, request_id(response))
        expect_equal(
            _facts(the_last(lines)), (method, path, status), name=FINISHED, wants="what it was"
        )


@pytest.mark.guideline("L299")
async def test_the_id_of_the_caller_is_kept_if_it_is_sane(served: Served, serve: Serve) -> None:
    """A gateway's id goes on, and one that is too short, too long or odd is replaced."""
    async with served() as (client, log):
        sane = ("7f3a-4c21", "a" * 64, "Z0" * 4)
        odd = ("a" * 7, "a" * 65, "drop table;", "", "<script>alert(1)</script>", "a" * 4000)
        for sent in (*sane, *odd):
            response = await client.get(f"{NOTES}/statistics", headers={"X-Request-ID": sent})
            serve.expect(response, 200, wants="the statistics, whatever the header says")
            used = request_id(response)
            expect_ids(log(), used)
            if (used == sent) != (sent in sane):
                refuse(
                    saw=f"X-Request-ID {sent[:40]!r} was answered with {used[:40]!r}",
                    wants="ids of 8 to 64 letters, digits and hyphens kept, others replaced",
                )


async def test_every_request_has_an_id_of_its_own(served: Served, serve: Serve) -> None:
    """One after the other, no request takes over the id of the one before."""
    async with served() as (client, log):
        ids = [request_id(await client.get(f"{NOTES}/statistics")) for _ in range(3)]
        expect_equal(len(set(ids)), 3, name="different ids of three requests", wants="one for each")
        used = [line["request_id"] for line in log() if line["message"] == FINISHED]
        expect_equal(used, ids, name="the ids in the log", wants="the ids of the answers")


def request_id(response: Response) -> str:
    """Return the id on an answer, and demand that there is one."""
    __tracebackhide__ = True
    found = response.headers.get("x-request-id")
    if not found:
        request = f"{response.request.method} {response.request.url.path}"
        refuse(
            saw=f"the {response.status_code} for {request} came without X-Request-ID",
            wants="the id on every answer",
            look_at=MIDDLEWARE,
        )
    return found


def expect_ids(lines: LogLines, expected: str) -> None:
    """Demand that there are lines, and that each has the id."""
    __tracebackhide__ = True
    if not lines:
        refuse(saw="no log lines at all", wants="the lines as before, each with the id")
    for line in lines:
        if line.get("request_id") != expected:
            refuse(
                saw=f"{line['message']!r} stands under {short(line.get('request_id'))!r},"
                f" and the answer under {short(expected)!r}",
                wants=EVERY_LINE,
                look_at=shared_id(),
            )


def shared_id() -> str | None:
    """Return the place of an id that is one for all requests: a plain text in src/context.py."""
    context = sys.modules.get("src.context")
    if context is None or not isinstance(getattr(context, "request_id", None), str):
        return None
    lines = enumerate(inspect.getsource(context).splitlines(), 1)
    here = next((number for number, line in lines if line.startswith("request_id")), None)
    return f"src/context.py:{here}" if here else "src/context.py"


def the_last(lines: LogLines) -> dict[str, Any]:
    """Return the one line that ends a request."""
    __tracebackhide__ = True
    finished = [line for line in lines if line["message"] == FINISHED]
    if len(finished) != 1:
        refuse(
            saw=f"{len(finished)} lines say {FINISHED!r}",
            wants="one at the end of every request",
            look_at=MIDDLEWARE,
        )
    return finished[0]


def short(value: object) -> str:
    """Return an id without its tail."""
    return f"{str(value)[:8]}…" if len(str(value)) > 8 else str(value)


def _facts(line: dict[str, Any]) -> tuple[object, ...]:
    return line.get("method"), line.get("path"), line.get("status")


class SearchIsDownError(Exception):
    """What a background task raises in this lesson."""

    def __str__(self) -> str:
        return "the test raised this in the background task update_search_index"


def _search_is_down(_: int) -> None:
    raise SearchIsDownError


def _noting(app: ASGIApp, begun: list[int]) -> ASGIApp:
    """Wrap the app: the status of every answer that it begins goes to `begun`."""

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message["status"])
            await send(message)

        await app(scope, receive, send_noted)

    return noting
