"""Every error has one shape, whoever made it; its cause goes to the log, not into the answer."""

import json
import re
import traceback
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.logs import Lines, LogProbe
from docfliq_katas.probes.secrets import SecretProbe
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncClient, Response

from src.errors import add_error_handlers
from src.main import create_app
from src.verification.council import Council, CouncilBusyError, CouncilError, Entry
from src.verification.service import verify

REGISTER = "/api/v1/auth/register"
VERIFY = "/api/v1/users/me/verification"
AS_ASHA = {"Authorization": "Bearer asha-session"}
JSON = {"Content-Type": "application/json"}
LICENSE = {"medical_license_number": "KMC-48211"}
FARAH = {
    "email": "Farah@example.org",
    "full_name": "Dr. Farah Siddiqui",
    "password": "correct-horse-9",
}
INSIDE = re.compile(r"Traceback|File \"|\.py\b|\w+(?:Error|Exception)\b|SELECT |0x[0-9a-f]{6,}")

ONE_SHAPE = 'the shape {"error": {"code", "message", "details"}} on every error'
NOT_REPEATED = "type, loc and msg of each bad field, and nothing that the client has sent"
NOT_SHOWN = "nothing of what is ours in an answer"
NOT_ECHOED = "an answer that repeats nothing of what the client has sent"
NOT_LOGGED = "no line with what a doctor typed"
IN_THE_LOG = "the cause of each 5xx in the log, with its traceback"
HANDLERS = str(where_defined(add_error_handlers))
SERVICE = str(where_defined(verify))

Served = Callable[..., AbstractAsyncContextManager[AsyncClient]]


class FakeCouncil(Council):
    """A register that does what the test says: it raises an error, or has an entry."""

    def __init__(self, does: Exception | Entry) -> None:
        self._does = does

    async def find(self, number: str) -> Entry | None:
        """Return the entry, or raise the error."""
        del number
        if isinstance(self._does, Exception):
            raise self._does
        return self._does


@pytest.fixture
def served(serve: Serve) -> Served:
    """Return a context manager that serves the app, with a register that does as it is told."""

    @asynccontextmanager
    async def served(does: Exception | Entry | None = None) -> Any:
        council = None if does is None else FakeCouncil(does)
        async with serve(create_app(council)) as client:
            yield client

    return served


@pytest.mark.guideline("L290")
@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        pytest.param(("GET", "/api/v1/doctors"), 404, "not_found", id="unknown-path"),
        pytest.param(("GET", "/wp-login.php"), 404, "not_found", id="outside-the-api"),
        pytest.param(("DELETE", REGISTER), 405, "method_not_allowed", id="wrong-method"),
        pytest.param(("GET", VERIFY), 405, "method_not_allowed", id="another-wrong-method"),
        pytest.param(("POST", REGISTER), 400, "bad_request", id="unreadable-body"),
    ],
)
async def test_what_no_route_has_refused_has_the_shape(
    served: Served, secret_probe: SecretProbe, call: tuple[str, str], status: int, code: str
) -> None:
    """What the router and the framework refuse by themselves looks like what a route refuses."""
    method, path = call
    query = {"token": secret_probe.plant("what stood in the query")}
    sent = f'["{secret_probe.plant("what stood in the body")}", {"[" * 100_000}'
    async with served() as client:
        response = await client.request(method, path, params=query, content=sent, headers=JSON)
    expect_error(response, status, code)
    name = f"the {status} for {method} {path}"
    secret_probe.assert_absent(response, where=name, wants=NOT_ECHOED, look_at=HANDLERS)
    if path in response.text:
        refuse(saw=f"{name} repeats the path", wants=NOT_ECHOED, look_at=HANDLERS)
    allowed = response.headers.get("allow")
    expect_equal(
        allowed,
        "POST" if status == 405 else None,
        name="Allow",
        wants="the methods of the route on a 405, as before",
        look_at=HANDLERS,
    )


@pytest.mark.guideline("L290", "L327")
@pytest.mark.parametrize("crash", ["key", "driver", "group", "data"])
async def test_a_crash_has_the_shape(served: Served, secret_probe: SecretProbe, crash: str) -> None:
    """An error that nobody has planned is a 500 with a code, and says nothing about itself."""
    async with served(_crash(crash, secret_probe.plant("what the crash said"))) as client:
        response = await client.post(VERIFY, json=LICENSE, headers=AS_ASHA)
        expect_error(response, 500, "internal_error")
        expect_nothing_inside(response, secret_probe)
        again = await client.post(REGISTER, json=FARAH)
    expect_equal(again.status_code, 201, name="the next request", wants="an app that goes on")


@pytest.mark.guideline("L325", "L327")
@pytest.mark.parametrize("crash", ["key", "group", "data"])
async def test_a_crash_is_told_to_the_log_alone(
    served: Served, serve: Serve, secret_probe: SecretProbe, log_probe: LogProbe, crash: str
) -> None:
    """Whoever looks into the log finds what was raised and where; the client does not."""
    does = _crash(crash, secret_probe.plant("what the crash said"))
    with log_probe.record() as lines:
        async with served(does) as client:
            response = await client.post(VERIFY, json=LICENSE, headers=AS_ASHA)
    expect_equal(response.status_code, 500, name="the status", wants="a 500 for a crash")
    expect_nothing_inside(response, secret_probe)
    expect_traceback(lines, serve, secret_probe)


@pytest.mark.guideline("L325")
async def test_a_failing_partner_is_told_to_the_log_alone(
    served: Served, serve: Serve, secret_probe: SecretProbe, log_probe: LogProbe
) -> None:
    """What another server says of its failure is for us to read, not for a client."""
    said = secret_probe.plant("what the council's server said")
    failure = CouncilError(f"SELECT on nmc_doctors: {said} at /srv/nmc/api/register.py")
    with log_probe.record() as lines:
        async with served(failure) as client:
            response = await client.post(VERIFY, json=LICENSE, headers=AS_ASHA)
    expect_error(response, 502, "council_unavailable", look_at=SERVICE)
    expect_nothing_inside(response, secret_probe, look_at=SERVICE)
    expect_traceback(lines, serve, secret_probe, look_at=SERVICE)


@pytest.mark.guideline("L325")
@pytest.mark.parametrize(
    "form",
    [
        "a password that is too long",
        "a password that is too easy",
        "a list as the password",
        "no e-mail address",
        "no fields at all",
        "a body that breaks off",
        "a licence of the wrong form",
    ],
    ids=lambda form: form.replace(" ", "-"),
)
async def test_an_invalid_body_is_not_repeated(
    served: Served, secret_probe: SecretProbe, log_probe: LogProbe, form: str
) -> None:
    """A 422 says what is wrong with a field, and never what was in it."""
    secret = secret_probe.plant("what was typed", length=140 if "long" in form else 32)
    sent = _invalid(form, secret)
    path = VERIFY if "licence" in form else REGISTER
    with log_probe.record(level="DEBUG") as lines:
        async with served() as client:
            response = await client.post(path, content=sent, headers=AS_ASHA | JSON)
    expect_error(response, 422, "validation_error")
    expect_nothing_inside(response, secret_probe, name=f"the 422 for {form}", wants=NOT_REPEATED)
    secret_probe.assert_absent(
        "\n".join(line.text for line in lines),
        where=f"the log, after {form},",
        wants=NOT_LOGGED,
        look_at=HANDLERS,
    )


@pytest.mark.guideline("L325", "L327")
@pytest.mark.parametrize(
    "failure",
    ["the register fails", "the app crashes", "she has no such licence", "the e-mail is taken"],
    ids=lambda failure: failure.replace(" ", "-"),
)
async def test_what_was_typed_goes_nowhere(
    served: Served, serve: Serve, log_probe: LogProbe, failure: str
) -> None:
    """Whatever goes wrong, what a doctor typed is in no answer and in no line of the log."""
    does: dict[str, Exception] = {
        "the register fails": CouncilError("no answer"),
        "the app crashes": KeyError("registered_in"),
    }
    farah = {"Authorization": "Bearer farah-session"}
    with log_probe.record(level="DEBUG") as lines:
        async with served(does.get(failure)) as client:
            if "taken" in failure:
                taken = FARAH | {"email": "Rohan@example.org"}
                response = await client.post(REGISTER, json=taken)
            else:
                response = await client.post(VERIFY, json=LICENSE, headers=farah)
    typed = {
        "licence number": LICENSE["medical_license_number"],
        "e-mail address": "rohan@example.org",
        "password": FARAH["password"],
    }
    log = [(line.text, str(line.where or SERVICE)) for line in lines]
    log += [(text, SERVICE) for text in logged_by_server(serve)]
    for what, value in typed.items():
        if value.lower() in response.text.lower():
            refuse(
                saw=f"{failure}, and the {response.status_code} says the {what} that was typed",
                wants=NOT_ECHOED,
                look_at=HANDLERS,
            )
        for text, where in log:
            if value.lower() in text.lower():
                refuse(
                    saw=f"{failure}, and the {what} that was typed is in the log",
                    wants=NOT_LOGGED,
                    look_at=where,
                )


@pytest.mark.guideline("L290")
async def test_every_bad_field_is_named(served: Served) -> None:
    """A form can mark each field that is wrong, all of them at once, and say why."""
    async with served() as client:
        response = await client.post(REGISTER, json=FARAH | {"email": "farah", "password": "x"})
        missing = await client.post(REGISTER, json={})
    for said, expected in (
        (
            _details(response),
            {"email": "value_error", "password": "string_too_short"},
        ),
        (_details(missing), dict.fromkeys(sorted(FARAH), "missing")),
    ):
        expect_equal(
            sorted((one.get("loc") for one in said), key=str),
            [["body", field] for field in expected],
            name="loc in details",
            wants="one entry for each bad field",
            look_at=HANDLERS,
        )
        expect_equal(
            {one["loc"][1]: one.get("type") for one in said},
            expected,
            name="type in details, by field",
            wants="the kind of error for each bad field",
            look_at=HANDLERS,
        )
    easy = FARAH | {"password": "password-of-farah"}
    async with served() as client:
        [detail] = _details(await client.post(REGISTER, json=easy))
    expect_equal(
        detail.get("msg"),
        "Value error, the password is too easy to guess",
        name="msg",
        wants="the words that the form shows below the field",
        look_at=HANDLERS,
    )


@pytest.mark.guideline("L290")
@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        pytest.param("no-token", 401, "not_authenticated", id="no-token"),
        pytest.param("session-ended", 401, "not_authenticated", id="session-ended"),
        pytest.param("not-hers", 404, "license_not_found", id="no-such-licence"),
        pytest.param("taken", 409, "email_taken", id="email-taken"),
        pytest.param("busy", 429, "rate_limited", id="too-often"),
    ],
)
async def test_a_refusal_keeps_its_status_code_and_headers(
    served: Served, refusal: str, status: int, code: str
) -> None:
    """What a route refuses has the shape, with the headers that belong to its status."""
    calls: dict[str, dict[str, Any]] = {
        "no-token": {"url": VERIFY, "json": LICENSE},
        "session-ended": {"url": VERIFY, "json": LICENSE, "headers": {"Authorization": "Bearer x"}},
        "not-hers": {
            "url": VERIFY,
            "json": LICENSE,
            "headers": {"Authorization": "Bearer farah-session"},
        },
        "taken": {"url": REGISTER, "json": FARAH | {"email": "rohan@example.org"}},
        "busy": {"url": VERIFY, "json": LICENSE, "headers": AS_ASHA},
    }
    async with served(CouncilBusyError(30) if refusal == "busy" else None) as client:
        response = await client.post(**calls[refusal])
    expect_error(response, status, code)
    names = ("www-authenticate", "retry-after")
    expect_equal(
        {name: response.headers.get(name) for name in names},
        {
            "www-authenticate": "Bearer" if status == 401 else None,
            "retry-after": "30" if status == 429 else None,
        },
        name=f"headers of the {status}",
        wants="the headers that say what a client can do, as before",
        look_at=HANDLERS,
    )


async def test_what_is_right_is_answered_as_before(served: Served, serve: Serve) -> None:
    """A new account and a verified licence look as they always did."""
    async with served() as client:
        account = await client.post(REGISTER, json=FARAH)
        verified = await client.post(VERIFY, json=LICENSE, headers=AS_ASHA)
    serve.expect(account, 201, wants="a new account, as before")
    expect_equal(
        account.json(),
        {"email": "farah@example.org", "full_name": "Dr. Farah Siddiqui"},
        wants="the account, as before",
    )
    serve.expect(verified, 200, wants="the entry in the register, as before")
    expect_equal(
        verified.json(),
        {
            "full_name": "Dr. Asha Menon",
            "council": "Kerala Medical Council",
            "registered_in": 2009,
        },
        wants="the entry, as before",
    )


def _crash(kind: str, secret: str) -> Exception | Entry:
    """Return what the register does so that the app crashes; the text has a secret in it."""
    query = f"SELECT by license {secret}"
    crashes: dict[str, Exception | Entry] = {
        "key": KeyError(secret),
        "driver": RuntimeError(f"{query} failed in /srv/docfliq/src/db.py"),
        "group": ExceptionGroup("two tasks", [ValueError(secret), OSError(5, secret)]),
        "data": Entry("Dr. Asha Menon", "Kerala Medical Council", secret),  # type: ignore[arg-type]
    }
    return crashes[kind]


def _invalid(form: str, secret: str) -> str:
    """Return a body that is refused, with a secret in it."""
    bodies: dict[str, Any] = {
        "a password that is too long": FARAH | {"password": secret},
        "a password that is too easy": FARAH | {"password": f"password{secret}"},
        "a list as the password": FARAH | {"password": [secret]},
        "no e-mail address": {"full_name": "Dr. Farah Siddiqui", "password": secret},
        "no fields at all": [secret],
        "a licence of the wrong form": {"medical_license_number": secret},
    }
    return json.dumps(bodies[form]) if form in bodies else f'{{"password": "{secret}'


def expect_error(response: Response, status: int, code: str, look_at: str = HANDLERS) -> None:
    """Demand the status, and the one shape with that code."""
    __tracebackhide__ = True
    name = f"{response.request.method} {response.request.url.path}"
    expect_equal(
        response.status_code,
        status,
        name=f"the status of {name}",
        wants=f"{status} for this error",
        look_at=look_at,
    )
    said = f"the {status} for {name} is {shorten(response.text, 120)!r}"
    if not response.headers.get("content-type", "").startswith("application/json"):
        refuse(saw=f"{said}, which is no JSON", wants=ONE_SHAPE, look_at=look_at)
    body = response.json()
    if not isinstance(body, dict) or not isinstance(body.get("error"), dict):
        refuse(saw=f"{said}: it has no error object", wants=ONE_SHAPE, look_at=look_at)
    error = body["error"]
    shape = {key: {one: type(body[key][one]).__name__ for one in error} for key in ("error",)}
    expect_equal(
        {**shape, "beside it": sorted(body.keys() - {"error"})},
        {"error": {"code": "str", "message": "str", "details": "list"}, "beside it": []},
        name=f"the {status} for {name}",
        wants=ONE_SHAPE,
        look_at=look_at,
    )
    expect_equal(
        error["code"],
        code,
        name=f"code of the {status} for {name}",
        wants="the code that clients decide by",
        look_at=look_at,
    )
    if not error["message"].strip():
        refuse(saw=f"{said}: its message is empty", wants="words for the doctor", look_at=look_at)


def expect_nothing_inside(
    response: Response,
    secret_probe: SecretProbe,
    *,
    name: str = "",
    wants: str = NOT_SHOWN,
    look_at: str = HANDLERS,
) -> None:
    """Demand that an answer has no planted secret, no code, no path and no query in it."""
    __tracebackhide__ = True
    name = name or f"the {response.status_code} for POST {response.request.url.path}"
    secret_probe.assert_absent(response, where=name, wants=wants, look_at=look_at)
    found = INSIDE.search(response.text)
    if found:
        refuse(saw=f"{name} says {found[0].strip()!r}", wants=wants, look_at=look_at)


def expect_traceback(
    lines: Lines, serve: Serve, secret_probe: SecretProbe, look_at: str = HANDLERS
) -> None:
    """Demand the cause in the log: an error that leaves the app is logged by the server."""
    __tracebackhide__ = True
    said = [line.text for line in lines] + logged_by_server(serve)
    told = [text for text in said if secret_probe.leaks(text)]
    if not told:
        refuse(
            saw="no log line has what was raised, and it has not reached the server either,"
            " which would have logged it",
            wants=IN_THE_LOG,
            look_at=look_at,
        )
    if not any("Traceback" in text and "verification/service.py" in text for text in told):
        refuse(
            saw="the log has what was raised, but not where: there is no traceback with it",
            wants=IN_THE_LOG,
            look_at=look_at,
        )


def logged_by_server(serve: Serve) -> list[str]:
    """Return what a server writes to its log: the traceback of each error that left the app."""
    return ["".join(traceback.format_exception(one.exception)) for one in serve.errors]


def _details(response: Response) -> list[dict[str, Any]]:
    expect_error(response, 422, "validation_error")
    details: list[dict[str, Any]] = response.json()["error"]["details"]
    return details
