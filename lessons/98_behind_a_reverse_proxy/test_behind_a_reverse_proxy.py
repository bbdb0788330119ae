"""The app stands behind a proxy, and believes what it says of a client; it believes nobody else."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any, Optional
from uuid import uuid4

import crossplane
import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncBaseTransport, AsyncClient, AsyncHTTPTransport, Request, Response
from production import Server

HERE = Path(__file__).parent
CONFIG = "src/deploy/nginx.conf"
BOTH = f"{CONFIG} and src/server.py"
API = "https://api.docfliq.example"
REFRESH = "/api/v1/auth/refresh"
CURRENT = "/api/v1/sessions/current"
LOGINS = [REFRESH, "/api/v1/auth/login", "/api/v1/auth/password/reset"]

ASHA = "203.0.113.7"  # from where Dr. Asha Menon calls
NEIGHBOURS = ["10.20.0.40", "172.20.0.9", "192.168.7.7"]  # colleagues, who are no proxies
STRANGERS = ["127.0.0.1", *NEIGHBOURS]
HERE_TOO = "10.20.0.5,127.0.0.1"  # the proxies of an app that the tests call as one of them
ELSEWHERE = "10.20.0.5,127.0.0.10"  # nobody in these tests
LIE = "198.51.100.66"
SHORT_LIES = [
    [("X-Forwarded-For", LIE)],
    [("X-Real-IP", LIE), ("Forwarded", f"for={LIE};proto=http")],
]
LIES = [
    *SHORT_LIES,
    [("X-Forwarded-For", f"{LIE}, 127.0.0.1")],
    [("X-Forwarded-For", LIE), ("X-Forwarded-For", LIE)],
    [("X-Forwarded-Proto", "http")],
    [("X-Forwarded-Proto", "https")],
]

# Nothing here is TLS, and httpx would read a hundred certificates for each client.
NO_TLS = SSLContext(PROTOCOL_TLS_CLIENT)

# Headers of one connection, which a proxy does not hand on.
NEVER_PASSED = {"expect", "keep-alive", "te", "transfer-encoding", "upgrade"}

Headers = list[tuple[str, str]]
Sessions = dict[str, dict[str, Any]]  # route -> the session as it described it


@dataclass(frozen=True)
class Apps:
    """Two processes of the app, which keep nothing between two requests.

    Attributes:
        behind: to this one 127.0.0.1, from where the tests call, is one of two proxies.
        beside: to this one the proxies are elsewhere, so the tests are strangers.

    """

    behind: Server
    beside: Server


@pytest.fixture(scope="module")
def apps() -> Iterator[Apps]:
    """Start the app as production does."""
    with ExitStack() as started:
        servers = [Server({"TRUSTED_PROXIES": proxies}) for proxies in (HERE_TOO, ELSEWHERE)]
        for server in servers:
            started.callback(server.close)
        for server in servers:
            server.wait()
        yield Apps(*servers)


@pytest.fixture
async def asha(apps: Apps) -> AsyncIterator[AsyncClient]:
    """Return a client that calls the API through the proxy, from Dr. Asha Menon's address."""
    async with AsyncClient(transport=Nginx(apps.behind.url, ASHA), base_url=API) as client:
        yield client


@pytest.mark.guideline("L280")
async def test_the_address_of_the_client_arrives(asha: AsyncClient) -> None:
    """Behind the proxy the app knows who calls: not the proxy, but the client of the proxy."""
    for route, session in (await sessions(asha)).items():
        expect_equal(
            session["ip_address"],
            ASHA,
            name=f"ip_address in {route}",
            wants="the address that the proxy saw",
            look_at=BOTH,
        )


@pytest.mark.guideline("L280")
async def test_a_link_leads_back_to_the_proxy(asha: AsyncClient) -> None:
    """A link in an answer has the scheme and the name under which the client has called."""
    for route, session in (await sessions(asha)).items():
        expect_equal(
            session["manage_url"],
            f"{API}{CURRENT}",
            name=f"manage_url in {route}",
            wants="links that a browser outside can open, over TLS",
            look_at=BOTH,
        )


@pytest.mark.guideline("L280")
async def test_a_client_cannot_choose_its_address(asha: AsyncClient) -> None:
    """What a client says of itself in a header is gone or outvoted when the app reads it."""
    await expect_unmoved(
        asha,
        LIES,
        who="a client of the proxy",
        wants="the proxy's own word, whatever its client has sent",
        look_at=BOTH,
    )


@pytest.mark.guideline("L280")
async def test_a_neighbour_is_a_client_like_any_other(apps: Apps) -> None:
    """Whoever calls the proxy from a private network is a client, and no second proxy."""
    for neighbour in NEIGHBOURS:
        proxy = Nginx(apps.behind.url, neighbour)
        async with AsyncClient(transport=proxy, base_url=API) as client:
            await expect_unmoved(
                client,
                LIES[:1],
                who=f"{neighbour}, a client of the proxy (TRUSTED_PROXIES={HERE_TOO}),",
                wants="the addresses in TRUSTED_PROXIES trusted, and no network around them",
                look_at=BOTH,
            )


@pytest.mark.guideline("L280")
async def test_a_stranger_is_not_believed(apps: Apps) -> None:
    """Whoever reaches the app past the proxy is what the connection says, and no more."""
    for address in STRANGERS:
        apps.beside.called_from(address)
        async with AsyncClient(base_url=apps.beside.url, verify=NO_TLS) as stranger:
            await expect_unmoved(
                stranger,
                SHORT_LIES if address in NEIGHBOURS else LIES,
                who=f"{address}, which is no proxy (TRUSTED_PROXIES={ELSEWHERE}),",
                wants="such headers believed from TRUSTED_PROXIES alone, and from no network",
                look_at="src/server.py",
            )


async def test_a_session_needs_its_token(asha: AsyncClient) -> None:
    """Without the right token there is no session to describe."""
    answers = {
        "refresh": await asha.post(REFRESH, json={"refresh_token": "asha-access"}),
        "current": await asha.get(CURRENT, headers={"Authorization": "Bearer asha-refresh"}),
    }
    seen = {name: response.status_code for name, response in answers.items()}
    expect_equal(seen, {"refresh": 401, "current": 401}, name="refusals", wants="401 as before")


@pytest.mark.guideline("L280")
async def test_plain_http_is_sent_to_tls(apps: Apps) -> None:
    """The proxy ends TLS, and answers a plain request with the way to it."""
    plain = API.replace("https", "http")
    async with AsyncClient(transport=Nginx(apps.behind.url, ASHA), base_url=plain) as client:
        response = await client.get(f"{CURRENT}?from=mail")
    expect_equal(
        (response.status_code, response.headers.get("location")),
        (301, f"{API}{CURRENT}?from=mail"),
        name="the answer to plain http",
        wants="a redirect to the same address over TLS",
        look_at=CONFIG,
    )


@pytest.mark.guideline("L280")
def test_the_proxy_keeps_its_other_work() -> None:
    """The proxy still balances, buffers uploads of up to 25 MB, and gives each login an id."""
    nginx = Nginx("", ASHA)
    expect_equal(
        [server.args[0] for server in nginx.http.first("upstream").all("server")],
        ["10.20.0.11:8000", "10.20.0.12:8000"],
        name="servers",
        wants="the rest of the configuration as before",
        look_at=CONFIG,
    )
    names = ("client_max_body_size", "proxy_request_buffering", "proxy_read_timeout")
    for path in LOGINS:
        login = nginx.block("https", path)
        settings = {name: [one.args[0] for one in login.inherited(name)] for name in names}
        expect_equal(
            {**settings, "X-Request-ID": login.headers().get("x-request-id")},
            {
                "client_max_body_size": ["25m"],
                "proxy_request_buffering": [],  # which means on
                "proxy_read_timeout": ["10s"],
                "X-Request-ID": "$request_id",
            },
            name=f"(the location for {path})",
            wants="the rest of the configuration as before",
            look_at=CONFIG,
        )


async def sessions(client: AsyncClient, headers: Headers | None = None) -> Sessions:
    """Call both routes that describe a session; the proxy has a location for each."""
    __tracebackhide__ = True
    sent = headers or []
    with_token = [*sent, ("Authorization", "Bearer asha-access")]
    answers = {
        REFRESH: await client.post(REFRESH, json={"refresh_token": "asha-refresh"}, headers=sent),
        CURRENT: await client.get(CURRENT, headers=with_token),
    }
    for route, response in answers.items():
        if response.status_code != 200:
            refuse(
                saw=f"{route} was answered {response.status_code}: {shorten(response.text)}",
                wants="the session, as before",
            )
    return {route: response.json() for route, response in answers.items()}


async def expect_unmoved(
    client: AsyncClient, lies: list[Headers], *, who: str, wants: str, look_at: str
) -> None:
    """Demand that no header of a client changes anything in the answers."""
    __tracebackhide__ = True
    honest = await sessions(client)
    for headers in lies:
        changes = [
            f"{field} in {route} became {value}"
            for route, session in (await sessions(client, headers)).items()
            for field, value in session.items()
            if value != honest[route][field]
        ]
        if changes:
            told = ", ".join(f"{name}: {value}" for name, value in headers)
            refuse(saw="\n".join([f"{who} sent {told}:", *changes]), wants=wants, look_at=look_at)


class Directive:
    """A directive of nginx, with the block that it opens."""

    def __init__(self, parsed: dict[str, Any], outer: Optional["Directive"] = None) -> None:
        self.name = parsed["directive"]
        self.args = parsed["args"]
        self.outer = outer
        self._block = [Directive(one, self) for one in parsed.get("block", [])]

    def all(self, name: str) -> list["Directive"]:
        """Return the directives of that name in the block."""
        return [one for one in self._block if one.name == name]

    def first(self, name: str) -> "Directive":
        """Return the first directive of that name in the block."""
        __tracebackhide__ = True
        found = self.all(name)
        if not found:
            refuse(saw=f"no {name} in {self.name}", wants=f"a {name}, as before", look_at=CONFIG)
        return found[0]

    def inherited(self, name: str) -> list["Directive"]:
        """Return those that hold here: of the nearest block that has any, and of that one only."""
        return self.all(name) or (self.outer.inherited(name) if self.outer else [])

    def headers(self) -> dict[str, str]:
        """Return what the proxy sets of its own: nginx's defaults, and what the file says."""
        defaults = {"host": "$proxy_host", "connection": "close"}
        return defaults | {
            one.args[0].lower(): one.args[1] for one in self.inherited("proxy_set_header")
        }


@cache
def configuration() -> Directive:
    """Return the whole of src/deploy/nginx.conf."""
    __tracebackhide__ = True
    parsed = crossplane.parse(str(HERE / CONFIG), combine=True)
    if parsed["errors"]:
        refuse(saw=parsed["errors"][0]["error"], wants="a file that nginx can read", look_at=CONFIG)
    return Directive({"directive": "the file", "args": [], "block": parsed["config"][0]["parsed"]})


def serving(locations: list[Directive], path: str) -> Directive | None:
    """Return the location for a path: the same, or the longest beginning, or a pattern."""
    beginnings: dict[str, Directive] = {}
    patterns: list[Directive] = []
    for location in locations:
        how, where = location.args[0], location.args[-1]
        if how == "=" and path == where:
            return location
        if how in {"~", "~*"} and re.search(where, path, re.IGNORECASE if how == "~*" else 0):
            patterns.append(location)
        if how in {"^~", where} and path.startswith(where):
            beginnings[where] = location
    longest = beginnings[max(beginnings, key=len)] if beginnings else None
    if patterns and (longest is None or longest.args[0] != "^~"):
        return patterns[0]
    return longest


class Nginx(AsyncBaseTransport):
    """Stands in for nginx: follows src/deploy/nginx.conf, and calls the app over TCP.

    It takes TLS and the client's address for granted, and knows of nginx what this lesson needs.
    """

    def __init__(self, app: str, client: str) -> None:
        self.http = configuration().first("http")
        self._app = app
        self._client = client
        self._tcp = AsyncHTTPTransport(verify=NO_TLS)

    async def handle_async_request(self, request: Request) -> Response:
        """Answer as nginx does: at once, or with what the app says."""
        block = self.block(request.url.scheme, request.url.path)
        for found in block.inherited("return")[:1]:
            status, *target = found.args
            location = [("Location", self._filled(text, request, block)) for text in target]
            return Response(int(status), headers=location)
        dropped = NEVER_PASSED | block.headers().keys()
        passed = [pair for pair in request.headers.multi_items() if pair[0].lower() not in dropped]
        own = [
            (name, value)
            for name, text in block.headers().items()
            if (value := self._filled(text, request, block).strip())
        ]
        url = self._app + self._path_behind(request, block)
        body = await request.aread()
        sent = Request(request.method, url, headers=[*passed, *own], content=body)
        return await self._tcp.handle_async_request(sent)

    async def aclose(self) -> None:
        """Close the connections to the app."""
        await self._tcp.aclose()

    def block(self, scheme: str, path: str) -> Directive:
        """Return the location that serves a path, or the server where it has none."""
        __tracebackhide__ = True
        servers = [
            server
            for server in self.http.all("server")
            if any("ssl" in listen.args for listen in server.all("listen")) == (scheme == "https")
        ]
        if not servers:
            refuse(saw=f"no server for {scheme}", wants="both servers, as before", look_at=CONFIG)
        return serving(servers[0].all("location"), path) or servers[0]

    def _path_behind(self, request: Request, block: Directive) -> str:
        """Return the path that the app is asked for: one in proxy_pass replaces the location's."""
        target = re.sub(r"^\w+://", "", block.first("proxy_pass").args[0])
        _, slash, replacement = target.partition("/")
        path = request.url.raw_path.decode()
        return f"/{replacement}{path.removeprefix(block.args[-1])}" if slash else path

    def _caller(self, request: Request, block: Directive) -> str:
        """Return the client's address: that of the connection, unless real_ip_header is heard."""
        networks = [ip_network(one.args[0]) for one in block.inherited("set_real_ip_from")]
        names = [one.args[0] for one in block.inherited("real_ip_header")]
        said = request.headers.get_list((names or ["X-Real-IP"])[0], split_commas=True)
        if said and any(ip_address(self._client) in network for network in networks):
            return said[-1]
        return self._client

    def _filled(self, text: str, request: Request, block: Directive) -> str:
        """Put in the values of the variables."""
        __tracebackhide__ = True
        received = {name: ", ".join(request.headers.get_list(name)) for name in request.headers}
        caller = self._caller(request, block)
        via = received.get("x-forwarded-for")
        target = block.inherited("proxy_pass")
        values = {
            "host": request.url.host,
            "remote_addr": caller,
            "proxy_add_x_forwarded_for": f"{via}, {caller}" if via else caller,
            "scheme": request.url.scheme,
            "request_id": uuid4().hex,
            "request_uri": request.url.raw_path.decode(),
            "server_port": "443" if request.url.scheme == "https" else "80",
            "proxy_host": re.sub(r"^\w+://|/.*$", "", target[0].args[0]) if target else "",
        }
        values |= {f"http_{name.replace('-', '_')}": value for name, value in received.items()}

        def value(variable: re.Match[str]) -> str:
            name = variable[1]
            if name not in values and not name.startswith("http_"):
                refuse(
                    saw=f"${name}, which the nginx of these tests does not know",
                    wants=f"one of ${', $'.join(sorted(values))}",
                    look_at=CONFIG,
                )
            return values.get(name, "")

        return re.sub(r"\$\{?(\w+)\}?", value, text)
