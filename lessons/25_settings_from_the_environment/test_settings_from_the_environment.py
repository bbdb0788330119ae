"""What differs from place to place comes from the environment, and a start without it fails."""

import asyncio
import hashlib
import hmac
import importlib
import re
import secrets
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.logs import LogProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient
from pydantic_settings import BaseSettings

Values: TypeAlias = Mapping[str, str]
Ask: TypeAlias = Callable[[AsyncClient], Awaitable[None]]

HERE = Path(__file__).parent
CHECKOUT, WEBHOOK = "/api/v1/payments/checkout", "/api/v1/payments/webhook"
CERTIFICATE = "/api/v1/certificates/ecg-0001"
BODY = b'{"event":"order.completed"}'
KEY_ID, WEBHOOK_SECRET, MINUTES, CERTIFICATES_SECRET, URL = NAMES = (
    "RAZORPAY_KEY_ID",
    "RAZORPAY_WEBHOOK_SECRET",
    "CHECKOUT_MINUTES",
    "CERTIFICATES_SECRET",
    "PUBLIC_URL",
)
SECRETS = (WEBHOOK_SECRET, CERTIFICATES_SECRET)
REQUIRED = (*SECRETS, KEY_ID, URL)
OF_THE_CODE = {  # what git has, and nobody may use any more
    KEY_ID: "rzp_live_Kq7NfZ2bWm4XtA",
    WEBHOOK_SECRET: "whsec-52c1f0e7a94b4d0c8f36e17b20c59ad4",
    MINUTES: "15",
    CERTIFICATES_SECRET: "c3rt-9ad0b6e2f7714c55b1d8360f2ae47c19",
    URL: "https://docfliq.example.org",
}
OTHERS_IN_THE_FILE = {"POSTGRES_PASSWORD": "hunter-22-pine-cones", "LOG_LEVEL": "info"}
PIECE = 8  # letters of a secret that nobody guesses

FROM_OUTSIDE = "each value from its variable"
ORDER = "the environment first, then .env in the folder of the app"
NO_START = "a start that fails and names the variable that is missing or wrong"
CONFIG = "src/config.py"
EXAMPLE = "src/env.example"


@dataclass
class Run:
    """What came of one start of the app: its answers, and all that it printed."""

    started: bool = False
    used: dict[str, str] = field(default_factory=dict)
    used_later: dict[str, str] = field(default_factory=dict)
    error: str = ""
    said: str = ""
    printed: str = ""
    made: Counter[str] = field(default_factory=Counter)


class Place:
    """A folder with a copy of the slice, where the test decides what stands in .env."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        serve: Serve,
        logs: LogProbe,
    ) -> None:
        self.folder = folder
        self.monkeypatch, self._capsys, self._serve, self._logs = monkeypatch, capsys, serve, logs
        self.sets = {
            "the code": OF_THE_CODE,
            "the environment": values("one", 25),
            "the file": values("two", 35),
            "a later change": values("three", 45),
        }
        self.environment, self.file = self.sets["the environment"], self.sets["the file"]

    def write(self, text: str | Values) -> None:
        """Write .env beside src/."""
        if not isinstance(text, str):
            text = "".join(f"{name}={value}\n" for name, value in text.items())
        (self.folder / ".env").write_text(text, encoding="utf-8")

    def start(self, environment: Values, *, ask: Ask | None = None) -> Run:
        """Start the app afresh with these variables, ask it something, and end it."""
        for name in (*NAMES, *OTHERS_IN_THE_FILE):
            self.monkeypatch.delenv(name, raising=False)
            if name in environment:
                self.monkeypatch.setenv(name, environment[name])
        forget()
        run = Run()
        self._capsys.readouterr()
        with self._logs.record(level="INFO") as lines:
            try:
                asyncio.run(self._follow(run, ask))
            except (Exception, SystemExit) as error:
                if run.started:
                    raise
                run.error = "\n".join(messages(error))
                run.printed = "".join(traceback.format_exception(error))
        out, err = self._capsys.readouterr()
        # asyncio tells of a task that failed when it is thrown away, which may be at another start
        logged = "\n".join(line.text for line in lines if line.logger != "asyncio")
        run.said = f"{run.error}\n{out}\n{err}\n{logged}"
        run.printed += run.said
        return run

    def sources(self, environment: Values, *, later: Callable[[], None] | None = None) -> Run:
        """Start the app, and tell for each variable where the value in the answers comes from."""
        __tracebackhide__ = True
        run = Run()

        async def ask(client: AsyncClient) -> None:
            run.used = await self._used(client)
            if later:
                later()
                run.used_later = await self._used(client)

        run.made = started(self.start(environment, ask=ask)).made
        return run

    async def _follow(self, run: Run, ask: Ask | None) -> None:
        with self.monkeypatch.context() as patched:
            make = BaseSettings.__init__

            def count(settings: BaseSettings, *args: object, **kwargs: object) -> None:
                kind = type(settings)
                run.made[f"{kind.__module__}.{kind.__name__}"] += 1
                make(settings, *args, **kwargs)  # type: ignore[arg-type]

            patched.setattr(BaseSettings, "__init__", count)
            async with self._serve(importlib.import_module("src.main").create_app()) as client:
                run.started = True
                if ask:
                    await ask(client)

    async def _used(self, client: AsyncClient) -> dict[str, str]:
        """Tell for each variable where the value that the answers show comes from."""
        checkout = await self._answer(client, CHECKOUT)
        shown = {KEY_ID: checkout["key_id"], MINUTES: checkout["minutes"]}
        used = {}
        for name in NAMES:
            found = []
            for source, one in self.sets.items():
                if name == WEBHOOK_SECRET:
                    fits = await is_taken(client, one[name])
                elif name == CERTIFICATES_SECRET:
                    response = await client.get(CERTIFICATE, params={"code": code(one[name])})
                    fits = response.status_code == 200
                    shown |= {URL: response.json()["link"]} if fits else {}
                elif name == URL:
                    link = str(shown.get(URL, ""))
                    fits = link.startswith(f"{one[URL]}/certificates/ecg-0001?code=")
                else:
                    fits = shown[name] == (int(one[name]) if name == MINUTES else one[name])
                found += [source] if fits else []
            used[name] = " and ".join(found) or f"nowhere ({shown.get(name, 'no value fits')})"
        return used

    async def _answer(self, client: AsyncClient, path: str) -> dict[str, object]:
        response = self._serve.expect(await client.get(path), 200, wants="an answer, as before")
        answer: dict[str, object] = response.json()
        return answer


@pytest.fixture
def place(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    serve: Serve,
    log_probe: LogProbe,
) -> Iterator[Place]:
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        shutil.copytree(HERE / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        with monkeypatch.context() as patched:
            patched.chdir(folder)
            patched.syspath_prepend(folder)
            yield Place(folder, patched, capsys, serve, log_probe)
            forget()


@pytest.mark.guideline("L43", "L44", "L321")
def test_each_value_comes_from_the_environment(place: Place) -> None:
    """What the environment says is what the app does."""
    run = place.sources(place.environment)
    expect_used(run.used, dict.fromkeys(NAMES, "the environment"), wants=FROM_OUTSIDE)


@pytest.mark.guideline("L43", "L46")
def test_the_file_speaks_where_the_environment_is_silent(place: Place) -> None:
    """A value may stand in .env, beside those of other programs; the environment overrides it."""
    place.write({**place.file, **OTHERS_IN_THE_FILE})
    run = place.sources({})
    expect_used(run.used, dict.fromkeys(NAMES, "the file"), wants=ORDER)
    for name in NAMES:
        run = place.sources({name: place.environment[name]})
        expected = {**dict.fromkeys(NAMES, "the file"), name: "the environment"}
        expect_used(run.used, expected, wants=ORDER)


@pytest.mark.guideline("L44", "L321")
@pytest.mark.parametrize("name", REQUIRED)
def test_without_a_value_there_is_no_start(place: Place, name: str) -> None:
    """A start without a value that has no default fails, and names it."""
    run = place.start({other: it for other, it in place.environment.items() if other != name})
    expect_no_start(run, name, f"without {name}")
    if name in SECRETS:
        run = place.start({**place.environment, name: ""})
        expect_no_start(run, name, f"with an empty {name}")


@pytest.mark.guideline("L43")
def test_what_is_no_number_is_no_start(place: Place) -> None:
    """A value of the wrong type ends the start, and is named."""
    for value in ("soon", "22.5"):
        run = place.start({**place.environment, MINUTES: value})
        expect_no_start(run, MINUTES, f"with {MINUTES}={value}")


@pytest.mark.guideline("L45")
def test_the_settings_are_read_once(place: Place) -> None:
    """One process has one configuration, read by one instance of each class."""
    place.write(place.file)

    def change() -> None:
        later = place.sets["a later change"]
        place.write(later)
        for name in NAMES:
            place.monkeypatch.setenv(name, later[name])

    half = (KEY_ID, CERTIFICATES_SECRET)
    run = place.sources({name: place.environment[name] for name in half}, later=change)
    wants = "settings that are made once, at the start, and used by all"
    if not run.made:
        refuse(
            saw="a start that made no settings of pydantic-settings",
            wants=wants,
            look_at=CONFIG,
        )
    for name, source in run.used_later.items():
        if source != run.used[name]:
            refuse(
                saw=f"{name} came from {run.used[name]}; the environment and .env changed while"
                f" the app ran, and it came from {source}",
                wants=wants,
                look_at=CONFIG,
            )
    often = [f"{kind} was made {times} times" for kind, times in run.made.items() if times > 1]
    if often:
        refuse(saw="\n".join(often), wants=wants, look_at=CONFIG)


@pytest.mark.guideline("L44")
@pytest.mark.parametrize("name", REQUIRED)
def test_a_start_that_fails_tells_no_secret(place: Place, name: str) -> None:
    """What a start prints is for many eyes, and holds no value that is secret."""
    given = {other: it for other, it in place.environment.items() if other != name}
    starts: tuple[tuple[Values, Values], ...] = (
        (given, {}),
        ({**place.environment, MINUTES: "soon"}, {}),
        ({}, {**given, **OTHERS_IN_THE_FILE}),
        ({}, {**OTHERS_IN_THE_FILE, **given}),
        (place.environment, OTHERS_IN_THE_FILE),
        # Of a long input an error shows the two ends: each secret stands at one of them.
        *(({one: place.environment[one]}, {}) for one in SECRETS),
        ({}, {"POSTGRES_PASSWORD": OTHERS_IN_THE_FILE["POSTGRES_PASSWORD"]}),
    )
    for environment, file in starts:
        place.write(file)
        printed = place.start(environment).printed
        for secret in (*SECRETS, "POSTGRES_PASSWORD"):
            value = (OTHERS_IN_THE_FILE | place.environment)[secret]
            pieces = (value[at : at + PIECE] for at in range(len(value) - PIECE + 1))
            if any(piece in printed for piece in pieces):
                refuse(
                    saw=f"the output of a start holds a part of {secret}",
                    wants="names of variables in what is printed, and no secret",
                    look_at=CONFIG,
                )


@pytest.mark.guideline("L44")
def test_what_was_secret_is_in_no_file() -> None:
    """A secret that stands in the code is everybody's who can read the code."""
    found = [
        f"{path.relative_to(HERE).as_posix()}:{number} has the {name} of production"
        for path in sorted((HERE / "src").rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for name in SECRETS
        if OF_THE_CODE[name] in line
    ]
    if found:
        refuse(saw="\n".join(found), wants="no secret in a file that git keeps")


@pytest.mark.guideline("L47")
def test_the_example_names_what_the_app_reads() -> None:
    """Who starts anew finds every variable in the example, and no other."""
    text = (HERE / EXAMPLE).read_text(encoding="utf-8")
    named = re.findall(r"^#?[ \t]*(?:export )?([A-Z][A-Z0-9_]*)[ \t]*=", text, re.MULTILINE)
    wrong = [f"it lacks {name}" for name in NAMES if name not in named]
    wrong += [f"it names {name}, which nothing reads" for name in named if name not in NAMES]
    wrong += [f"it has the {name} of production" for name in (KEY_ID, URL) if is_live(name, text)]
    if wrong:
        refuse(
            saw="\n".join(wrong),
            wants="an example that names each variable of the app, with nothing of production",
            look_at=EXAMPLE,
        )


@pytest.mark.guideline("L47")
def test_the_example_is_no_configuration(place: Place) -> None:
    """The example alone starts nothing, and with its blanks filled in it starts the app."""
    example = (HERE / EXAMPLE).read_text(encoding="utf-8")
    others = {KEY_ID: place.file[KEY_ID], URL: place.file[URL]}
    for secret in SECRETS:
        rest = {name: place.file[name] for name in SECRETS if name != secret}
        place.write(filled(example, {**others, **rest}))
        how = f"with {secret} as it is in the example"
        expect_no_start(place.start({}), secret, how, look_at=f"{EXAMPLE}, {CONFIG}")
    place.write(filled(example, place.file))
    run = place.sources({})
    expect_used(run.used, dict.fromkeys(NAMES, "the file"), wants="an example that .env is made of")


def test_a_default_is_for_what_is_the_same_everywhere(place: Place) -> None:
    """Who does not set the minutes has fifteen."""
    run = place.sources({name: OF_THE_CODE[name] for name in REQUIRED})
    expect_used(run.used, dict.fromkeys(NAMES, "the code"), wants="15 minutes, as before")


def test_what_is_not_signed_is_refused(place: Place, serve: Serve) -> None:
    """A webhook with another signature is a 401, and a wrong code is a 404."""

    async def ask(client: AsyncClient) -> None:
        headers = {"X-Razorpay-Signature": "0" * 64}
        response = await client.post(WEBHOOK, content=BODY, headers=headers)
        serve.expect(response, 401, wants="401 for a signature that is not Razorpay's")
        response = await client.get(CERTIFICATE, params={"code": "0" * 16})
        serve.expect(response, 404, wants="404 for a code that is not ours")
        for number, name in (("ecg-0001", "Imran Sheikh"), ("ecg-0002", "Dr. Rohan Kulkarni")):
            right = code(OF_THE_CODE[CERTIFICATES_SECRET], number)
            path = CERTIFICATE.replace("ecg-0001", number)
            response = await client.get(path, params={"code": right})
            expected = {
                "recipient_name": name,
                "course_title": "ECG for the ward",
                "link": f"{OF_THE_CODE[URL]}/certificates/{number}?code={right}",
            }
            answer = serve.expect(response, 200, wants="the certificate, as before").json()
            expect_equal(answer, expected, wants="the certificate, as before")
        response = await client.get(CHECKOUT)
        checkout = serve.expect(response, 200, wants="the checkout, as before").json()
        wanted = {"key_id": OF_THE_CODE[KEY_ID], "currency": "INR", "minutes": 15}
        expect_equal(checkout, wanted, wants="the checkout, as before")

    started(place.start(OF_THE_CODE, ask=ask))


def started(run: Run) -> Run:
    """Demand that the app has started."""
    __tracebackhide__ = True
    if not run.started:
        saw = re.sub(r"(?m)^\s*(For further information.*)?\n?", "", bare(run.error))
        refuse(
            saw=f"the app did not start, with a value for each variable:\n{saw[:600]}",
            wants="a start, where nothing is missing in the environment and in .env beside src/",
            look_at=CONFIG,
        )
    return run


def expect_used(used: dict[str, str], expected: dict[str, str], *, wants: str) -> None:
    """Demand that the answers show the values of the expected sources."""
    __tracebackhide__ = True
    wrong = [
        f"{name} came from {source} instead of {expected[name]}"
        for name, source in used.items()
        if source != expected[name]
    ]
    if wrong:
        refuse(saw="\n".join(wrong), wants=wants, look_at=CONFIG)


def expect_no_start(run: Run, name: str, how: str, *, look_at: str = CONFIG) -> None:
    """Demand that the start failed, and that what it said names this variable and no other."""
    __tracebackhide__ = True
    if run.started:
        refuse(saw=f"the app started {how}", wants=NO_START, look_at=look_at)
    said = bare(run.said)
    if not is_named(name, said):
        saw = f"the start failed {how}, and its message does not name it"
        refuse(saw=saw, wants=NO_START, look_at=look_at)
    others = [other for other in NAMES if other != name and other.casefold() in said.casefold()]
    if others:
        saw = f"the start failed {how}, and its message names {', '.join(others)} as well"
        refuse(saw=saw, wants=NO_START, look_at=look_at)


def is_live(name: str, text: str) -> bool:
    """Return whether a file gives a variable the value that it has in production."""
    return bool(re.search(rf"(?m)\b{name}[ \t]*=.*{re.escape(OF_THE_CODE[name])}\b", text))


def is_named(name: str, said: str) -> bool:
    """Return whether a message has the name, or what is left of it behind a prefix."""
    short = name.partition("_")[2]
    return bool(re.search(rf"(?<![a-z])(?:{name}|(?<!_){short})\b", said, re.IGNORECASE))


def bare(said: str) -> str:
    """Return a message without what pydantic says of the input."""
    return re.sub(r"\[type=.*", "", said)


def messages(error: BaseException) -> Iterator[str]:
    """Yield what an exception says, and those that it came from."""
    yield str(error)
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from messages(before)


def values(word: str, minutes: int) -> dict[str, str]:
    """Return a value for each variable."""
    return {
        KEY_ID: f"rzp_test_{word}00000000",
        WEBHOOK_SECRET: f"whsec-{secrets.token_hex(32)}",
        MINUTES: str(minutes),
        CERTIFICATES_SECRET: f"c3rt-{secrets.token_hex(32)}",
        URL: f"https://{word}.docfliq.example.org",
    }


def filled(example: str, given: Values) -> str:
    """Return the example with these values in their places."""
    for name, value in given.items():
        example = re.sub(rf"(?m)^#?[ \t]*(?:export )?{name}[ \t]*=.*$", f"{name}={value}", example)
    return example


async def is_taken(client: AsyncClient, secret: str) -> bool:
    """Return whether a webhook that is signed with this secret is taken."""
    signature = hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
    headers = {"X-Razorpay-Signature": signature}
    response = await client.post(WEBHOOK, content=BODY, headers=headers)
    return response.status_code == 204


def code(secret: str, number: str = "ecg-0001") -> str:
    """Return the code of a certificate under this secret."""
    return hmac.new(secret.encode(), number.encode(), hashlib.sha256).hexdigest()[:16].upper()


def forget() -> None:
    """Let the slice be imported anew."""
    for name in [name for name in sys.modules if name == "src" or name.startswith("src.")]:
        del sys.modules[name]
