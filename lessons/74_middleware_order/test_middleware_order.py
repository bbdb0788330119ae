"""CORS is the outermost middleware: the last that is added, or the first in the list."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import where_defined
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response

from src.main import create_app

POSTS = "/api/v1/posts"
LIKE = "/api/v1/posts/p-1/like"
WEB_APP = "https://app.docfliq.example"
PARTNER = "https://hospital.example"
EVIL = "https://docfliq.example.evil.test"
AS_ASHA = {"Authorization": "Bearer asha-session"}
AS_VIKRAM = {"Authorization": "Bearer vikram-session"}  # his account is suspended
READABLE = "CORS headers on every answer to an allowed origin, whoever made the answer"
HERE = str(where_defined(create_app))


@pytest.fixture(autouse=True)
def origins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow two origins, as the settings of production do."""
    monkeypatch.setenv("ALLOWED_ORIGINS", f'["{WEB_APP}", "{PARTNER}"]')


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[AsyncClient]:
    async with serve(create_app()) as client:
        yield client


@pytest.fixture
async def closed(monkeypatch: pytest.MonkeyPatch, serve: Serve) -> AsyncIterator[AsyncClient]:
    """Return a client of an app that is under maintenance."""
    monkeypatch.setenv("IS_MAINTENANCE", "true")
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L242", "L306")
@pytest.mark.parametrize("origin", [WEB_APP, PARTNER], ids=["web-app", "partner"])
async def test_a_preflight_needs_no_token(client: AsyncClient, origin: str) -> None:
    """The browser asks before it sends, without a token, and is told that it may."""
    response = await preflight(client, LIKE, "POST", origin)
    if response.status_code != 200:
        refuse(
            saw=f"a preflight for POST {LIKE} was answered {response.status_code}:"
            " the browser sends no token with it, and never sends the request",
            wants="a 200 for the preflight of an allowed origin",
            look_at=HERE,
        )
    expect_readable(response, origin)
    allowed = {
        "methods": "POST" in names(response, "access-control-allow-methods"),
        "headers": "AUTHORIZATION" in names(response, "access-control-allow-headers"),
        "seconds": response.headers.get("access-control-max-age"),
    }
    expect_equal(
        allowed,
        {"methods": True, "headers": True, "seconds": "600"},
        name="what the preflight allows",
        wants="POST, with the header Authorization, and no other preflight for ten minutes",
        look_at=HERE,
    )


@pytest.mark.guideline("L242", "L306")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 401, id="no-token"),
        pytest.param({"Authorization": "Bearer ended"}, 401, id="session-ended"),
        pytest.param(AS_VIKRAM, 403, id="suspended"),
    ],
)
async def test_a_refusal_can_be_read_by_the_web_app(
    client: AsyncClient, serve: Serve, headers: dict[str, str], status: int
) -> None:
    """A 401 or a 403 reaches the code of the web app, which then knows what to do."""
    for method, path in (("GET", POSTS), ("POST", LIKE)):
        response = await client.request(method, path, headers={"Origin": WEB_APP, **headers})
        serve.expect(response, status, wants="the refusal as before")
        expect_readable(response, WEB_APP)


@pytest.mark.guideline("L242")
async def test_maintenance_can_be_read_by_the_web_app(closed: AsyncClient, serve: Serve) -> None:
    """The web app can show that the service is down, and for how long."""
    response = await closed.get(POSTS, headers={"Origin": WEB_APP, **AS_ASHA})
    serve.expect(response, 503, wants="503 during maintenance")
    expect_equal(response.headers.get("retry-after"), "600", name="Retry-After", wants="600")
    expect_readable(response, WEB_APP)
    expect_exposed(response, "Retry-After")
    serve.expect(await closed.get("/health"), 200, wants="health during maintenance as well")


async def test_an_answer_can_be_read_by_the_web_app(client: AsyncClient, serve: Serve) -> None:
    """What a doctor asks for arrives, with the headers that let the browser hand it over."""
    response = await client.get(POSTS, headers={"Origin": WEB_APP, **AS_ASHA})
    serve.expect(response, 200, wants="the posts, as before")
    expect_equal(len(response.json()["items"]), 2, name="posts", wants="the posts, as before")
    expect_readable(response, WEB_APP)
    expect_exposed(response, "X-Request-ID")
    liked = await client.post(LIKE, headers={"Origin": WEB_APP, **AS_ASHA})
    serve.expect(liked, 204, wants="a like, as before")


@pytest.mark.parametrize("origin", [EVIL, "null", "http://app.docfliq.example"])
async def test_another_origin_stays_outside(client: AsyncClient, origin: str) -> None:
    """No answer tells a foreign page that it may read: not the data, not a refusal."""
    answers = {
        "the preflight": await preflight(client, LIKE, "POST", origin),
        "the posts": await client.get(POSTS, headers={"Origin": origin, **AS_ASHA}),
        "the 401": await client.get(POSTS, headers={"Origin": origin}),
        "the 403": await client.get(POSTS, headers={"Origin": origin, **AS_VIKRAM}),
    }
    seen = {
        name: answer.headers.get("access-control-allow-origin") for name, answer in answers.items()
    }
    told = [f"{name} allows {value}" for name, value in seen.items() if value is not None]
    if told:
        refuse(
            saw=f"asked from {origin}: {', '.join(told)}",
            wants="Access-Control-Allow-Origin for the origins of the settings alone",
            look_at=HERE,
        )


async def test_nobody_passes_without_a_token(client: AsyncClient, serve: Serve) -> None:
    """Every request but a preflight is asked for a token, and health is not."""
    half_a_preflight = {"Origin": WEB_APP, "Access-Control-Request-Method": "POST"}
    basic = {"Authorization": "Basic asha-session"}
    for headers in ({}, {"Origin": WEB_APP}, half_a_preflight, basic):
        for method, path in (("GET", POSTS), ("POST", LIKE), ("HEAD", POSTS)):
            response = await client.request(method, path, headers=headers)
            if response.status_code not in {401, 405}:
                serve.expect(response, 401, wants="a token for everything under /api/")
        challenge = (await client.get(POSTS, headers=headers)).headers.get("www-authenticate")
        expect_equal(challenge, "Bearer", name="WWW-Authenticate", wants="the challenge as before")
    suspended = await client.get(POSTS, headers=AS_VIKRAM)
    serve.expect(suspended, 403, wants="403 for a suspended account")
    serve.expect(await client.get("/health"), 200, wants="health for everybody")


async def test_an_options_request_that_is_no_preflight_is_no_way_in(client: AsyncClient) -> None:
    """OPTIONS is a method like others: without the headers of a preflight it is refused."""
    response = await client.options(POSTS, headers={"Origin": WEB_APP})
    if response.status_code not in {401, 405}:
        refuse(
            saw=f"OPTIONS {POSTS} without a token, and no preflight: {response.status_code}",
            wants="401, or 405 for a method that the route does not have",
            look_at=HERE,
        )


async def test_an_answer_carries_its_request_id(
    client: AsyncClient, closed: AsyncClient, serve: Serve
) -> None:
    """Support finds a request by its id, also one that was refused."""
    answers = {
        "the posts": await client.get(POSTS, headers=AS_ASHA),
        "the 401": await client.get(POSTS),
        "the 403": await client.get(POSTS, headers=AS_VIKRAM),
        "the 404": await client.get("/api/v1/nothing", headers=AS_ASHA),
        "the 503": await closed.get(POSTS, headers=AS_ASHA),
    }
    serve.expect(answers["the 404"], 404, wants="404 for a page that is not there")
    ids = [_request_id(answer) for answer in answers.values()]
    missing = [name for name, request_id in zip(answers, ids, strict=True) if request_id is None]
    if missing or len(set(ids)) != len(ids):
        refuse(
            saw=f"no X-Request-ID on {', '.join(missing)}" if missing else "one id on two answers",
            wants="an id of its own on every answer",
            look_at=HERE,
        )


async def preflight(client: AsyncClient, path: str, method: str, origin: str) -> Response:
    """Ask as a browser asks before a request with a token."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    return await client.options(path, headers=headers)


def expect_readable(response: Response, origin: str) -> None:
    """Demand what a browser demands before it shows an answer with credentials to the page."""
    __tracebackhide__ = True
    name = f"the {response.status_code} for {response.request.method} {response.request.url.path}"
    seen = response.headers.get_list("access-control-allow-origin")
    if seen != [origin]:
        came = f"with Access-Control-Allow-Origin: {', '.join(seen)}" if seen else _WITHOUT
        refuse(
            saw=f"{name} came {came}, so the browser shows {origin} a network error instead",
            wants=READABLE,
            look_at=HERE,
        )
    if response.headers.get("access-control-allow-credentials") != "true":
        refuse(
            saw=f"{name} came without Access-Control-Allow-Credentials: true",
            wants=READABLE,
            look_at=HERE,
        )


def expect_exposed(response: Response, header: str) -> None:
    """Demand that the browser lets the page read a header; of its own accord it shows few."""
    __tracebackhide__ = True
    exposed = names(response, "access-control-expose-headers")
    if header.upper() not in exposed:
        refuse(
            saw=f"the page may read {', '.join(filter(None, exposed)) or 'no header of ours'},"
            f" and {header} is not among them",
            wants=f"{header} exposed to the page, as before",
            look_at=HERE,
        )


_WITHOUT = "without Access-Control-Allow-Origin"


def names(response: Response, header: str) -> list[str]:
    """Return the names in a list header, in capitals."""
    return [name.strip().upper() for name in response.headers.get(header, "").split(",")]


def _request_id(response: Response) -> UUID | None:
    value = response.headers.get("x-request-id")
    return UUID(value) if value else None
