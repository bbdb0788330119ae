"""A service runs without a web framework and on any driver; what it refuses, the edge answers."""

import asyncio
import builtins
import importlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn
from uuid import UUID

import grimp
import pytest
from docfliq_katas.database import PostgresDatabase
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.frames import slice_frame, slice_frame_of
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse, shorten
from httpx import AsyncClient, Response
from sqlalchemy import event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from seed import ASHA, DHA, ROHAN, seed, user_id
from src.main import create_app

HERE = Path(__file__).parent
FRAMEWORKS = ("fastapi", "starlette")
DRIVERS = ("asyncpg", "psycopg", "psycopg2", "pg8000")
ABSENT = FRAMEWORKS + DRIVERS
ROLES = ("service", "schemas", "models", "constants", "config", "exceptions", "utils")
NOBODY = user_id(9)
NAMES = {ASHA: "asha", ROHAN: "rohan", DHA: "dha", NOBODY: "nobody"}
SERVICE, JOB = "src.follows.service", "src.welcome"
FREE = "services, and all that they import, without a web framework and without a driver"
ALIKE = "one refusal, in which neither a driver nor the language of the server has a part"
BUSY = """
WITH doctors AS (
    INSERT INTO users (id, full_name, profession)
    SELECT gen_random_uuid(), 'Dr. ' || number, 'physician'
    FROM generate_series(1, $2::int) AS number RETURNING id
)
INSERT INTO follows (follower_id, followee_id, created_at)
SELECT $1, id, now() - $3::int * interval '1 minute' FROM doctors
"""
A_RIVAL = "INSERT INTO follows (follower_id, followee_id) VALUES ($1, $2)"
SOMEBODY_WAITS = """
SELECT EXISTS (SELECT FROM pg_locks
               WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""
A_USER_GONE = """
DROP TRIGGER IF EXISTS twice ON outbox;
CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'insert or update violates foreign key constraint "follows_followee_id_fkey"'
    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'follows_followee_id_fkey';
END $$;
CREATE TRIGGER gone BEFORE INSERT ON follows FOR EACH ROW EXECUTE FUNCTION gone();
"""
AN_EVENT_TWICE = """
CREATE FUNCTION twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'duplicate key value violates unique constraint "outbox_pkey"'
    USING ERRCODE = 'unique_violation', CONSTRAINT = 'outbox_pkey';
END $$;
CREATE TRIGGER twice BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION twice();
"""
IN_SPANISH = "llave duplicada viola restricción de unicidad «follows_pkey»"
GUARD = 20.0  # seconds; only against hanging


@pytest.fixture
async def engine(postgres: PostgresDatabase) -> AsyncIterator[AsyncEngine]:
    """Return an engine of the test's own, with a connection that is open, and the example rows."""
    await seed(postgres)
    engine = create_async_engine(postgres.url)
    async with engine.connect():
        pass
    yield engine
    await engine.dispose()


@pytest.fixture
async def client(postgres: PostgresDatabase, serve: Serve) -> AsyncIterator[AsyncClient]:
    await seed(postgres)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline(
    "L20", "L115", "L116", "L117", "L127", "L128", "L129", "L130", "L131", "L132", "L133",
    "L134", "L135", "L136", "L137", "L138", "L146",
)  # fmt: skip
def test_every_rule_can_be_imported_without_the_framework() -> None:
    """Where no web framework and no driver is installed, what the rules are made of can be
    imported."""
    failed: dict[str, str] = {}
    look_at: dict[str, None] = {}
    for name in [*with_a_role(), JOB]:
        with without(*ABSENT) as asked:
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - a module may raise anything
                failed[name] = f"{name}: {error}"
                look_at[place_of(error)] = None
            else:
                if asked:
                    failed[name] = f"{name}: asks for {', '.join(asked)}, and goes on without"
                    look_at |= dict.fromkeys(asked.values())
    if failed:
        refuse(saw="\n".join(failed.values()), wants=FREE, look_at=", ".join(look_at))


@pytest.mark.guideline("L20", "L115", "L116", "L117", "L134", "L135", "L146")
async def test_the_rules_run_without_the_framework(engine: AsyncEngine) -> None:
    """Where no web framework and no driver can be imported, the rules say yes and no as ever."""
    with without(*ABSENT) as asked:
        for module, function, given, expected in (
            (SERVICE, "follow", (ASHA, DHA), "done"),
            (SERVICE, "follow", (ASHA, DHA), "AlreadyFollowingError already_following"),
            (SERVICE, "follow", (ASHA, ASHA), "FollowsHerselfError follows_herself"),
            (SERVICE, "follow", (ASHA, NOBODY), "UserNotFoundError user_not_found"),
            (SERVICE, "unfollow", (ASHA, DHA), "done"),
            (SERVICE, "unfollow", (ASHA, DHA), "NotFollowingError not_following"),
            (SERVICE, "follow", (ROHAN, DHA), "done"),
            (JOB, "welcome", (ROHAN,), "already_following, followed"),
        ):
            expect_said(await say(engine, module, function, *given), expected, wants=FREE)
    if asked:
        refuse(
            saw="\n".join(f"{place} asks for {name}" for name, place in asked.items()),
            wants=FREE,
            look_at=", ".join(dict.fromkeys(asked.values())),
        )


@pytest.mark.guideline("L20", "L117", "L138", "L146")
def test_no_import_hides_in_a_function() -> None:
    """Whoever follows the imports of a rule, wherever they stand, never comes to a web framework
    or a driver."""
    graph = grimp.build_graph(
        "src", cache_dir=None, include_external_packages=True, exclude_type_checking_imports=True
    )
    rules = [*with_a_role(), JOB]
    found: dict[str, str] = {}
    for package in filter(graph.modules.__contains__, ABSENT):
        for importer in sorted(graph.find_modules_that_directly_import(package)):
            users = [one for one in rules if importer in graph.find_upstream_modules(one)]
            if importer in rules or users:
                place, line = line_of(graph, importer, package)
                by_way = "" if importer in rules else f", for {users[0]}"
                found[place] = f"{place} {line}{by_way}"
    if found:
        refuse(saw="\n".join(found.values()), wants=FREE, look_at=", ".join(found))


@pytest.mark.guideline("L115", "L116", "L117")
async def test_another_driver_refuses_alike(engine: AsyncEngine) -> None:
    """A second follow is the same refusal on the driver of the API and on that of the worker, in
    whatever language the server says it."""
    again = "AlreadyFollowingError already_following"
    with without():
        expect_said(await say(engine, SERVICE, "follow", ASHA, DHA), "done", wants=ALIKE)
        expect_said(await say(engine, SERVICE, "follow", ASHA, DHA), again, wants=ALIKE)
        for words, on in ((None, " on psycopg"), (IN_SPANISH, " on psycopg, server in Spanish")):
            listener = partial(as_psycopg_says, words=words)
            event.listen(engine.sync_engine, "handle_error", listener)
            second = await say(engine, SERVICE, "follow", ASHA, DHA)
            event.remove(engine.sync_engine, "handle_error", listener)
            expect_said(second, again, wants=ALIKE, on=on)


@pytest.mark.guideline(
    "L118", "L119", "L120", "L121", "L122", "L123", "L147", "L148"
)  # fmt: skip
def test_schemas_and_tables_know_nothing_of_each_other() -> None:
    """What goes over the wire can be had without SQLAlchemy, and what is stored without
    Pydantic."""
    for role, package in (("schemas", "sqlalchemy"), ("models", "pydantic")):
        for name in with_a_role(role):
            with without(package, *FRAMEWORKS):
                try:
                    importlib.import_module(name)
                except ModuleNotFoundError as error:
                    refuse(
                        saw=f"{name}: {error}",
                        wants="one shape for the wire, in schemas.py, and one for the database",
                        look_at=place_of(error),
                    )


@pytest.mark.guideline("L124", "L125", "L126", "L133", "L134", "L135")
async def test_the_edge_answers_what_it_answered(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """A refusal of a rule, and one of a dependency, has the status and the body that it had."""
    for who, whom in ((ROHAN, ASHA), (ROHAN, DHA), (ASHA, DHA)):
        serve.expect(await call(client, "POST", who, whom), 201, wants="a follow as before")
    for method, who, whom, status, code, message in (
        ("POST", ASHA, ROHAN, 201, None, None),
        ("POST", ASHA, ROHAN, 409, "already_following", "You follow this user already"),
        ("POST", ASHA, ASHA, 409, "follows_herself", "You cannot follow yourself"),
        ("POST", ASHA, NOBODY, 404, "user_not_found", "There is no such user"),
        ("POST", None, ROHAN, 401, "not_authenticated", "Sign in first"),
        ("POST", NOBODY, ROHAN, 401, "not_authenticated", "Sign in first"),
        ("DELETE", None, ROHAN, 401, "not_authenticated", "Sign in first"),
        ("DELETE", ASHA, ROHAN, 204, None, None),
        ("DELETE", ASHA, ROHAN, 409, "not_following", "You do not follow this user"),
    ):
        answer = await call(client, method, who, whom)
        serve.expect(answer, status, wants="the status as before")
        if code:
            error = {"code": code, "message": message, "details": []}
            wants = "the body as before"
            expect_equal(answer.json(), {"error": error}, name=f"the {status}", wants=wants)
            expect_equal(
                answer.headers.get("Retry-After"),
                None,
                name=f"Retry-After of {code}",
                wants="seconds to wait where waiting helps",
            )
    kept = await postgres.fetch("SELECT follower_id, followee_id FROM follows ORDER BY 1, 2")
    expect_equal(
        [(row["follower_id"], row["followee_id"]) for row in kept],
        [(ASHA, DHA), (ROHAN, ASHA), (ROHAN, DHA)],
        name="follows",
        wants="one gone, that of Asha and Rohan",
    )


async def test_whoever_hurries_is_told_how_long_to_wait(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """After 50 follows in an hour the next one is a 429, with the seconds in Retry-After."""
    await postgres.execute(BUSY, ASHA, 49, 50)
    await postgres.execute(BUSY, ASHA, 49, 61)
    serve.expect(await call(client, "POST", ASHA, ROHAN), 201, wants="the 50th follow")
    answer = await call(client, "POST", ASHA, DHA)
    error = {"code": "rate_limited", "message": "That was a lot for one hour", "details": []}
    serve.expect(answer, 429, wants="a refusal of the 51st")
    expect_equal(answer.json(), {"error": error}, name="the 429", wants="the body as before")
    wait = answer.headers.get("Retry-After", "")
    if not wait.isdecimal() or not 0 < int(wait) <= 600:
        refuse(
            saw=f"Retry-After is {wait!r}, and the oldest follow is one of 50 minutes ago",
            wants="the seconds until the next follow is free, at most 600",
            look_at="src/follows/exceptions.py, src/main.py",
        )
    serve.expect(await call(client, "POST", ROHAN, DHA), 201, wants="others as before")


async def test_a_follow_is_announced_once(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """What was stored is answered and announced, in words of JSON, and a refusal is not."""
    for status in (201, 409):
        answer = await call(client, "POST", ASHA, ROHAN)
        serve.expect(answer, status, wants="one follow, and one refusal")
        if status == 201:
            shown = answer.json()
    (stored,) = await postgres.fetch("SELECT * FROM follows")
    pair = {"follower_id": str(ASHA), "followee_id": str(ROHAN)}
    row = {key: str(stored[key]) for key in pair}
    expect_equal(row, pair, name="the row", wants="who follows whom")
    expect_equal(
        (shown["followee_id"], datetime.fromisoformat(shown["created_at"])),
        (str(ROHAN), stored["created_at"]),
        name="the answer",
        wants="what was stored",
    )
    told = await postgres.fetch("SELECT topic, payload #>> '{}' AS payload FROM outbox")
    expect_equal(
        [(one["topic"], decoded(one["payload"])) for one in told],
        [("user.followed", {**pair, "at": stored["created_at"]})],
        name="the outbox",
        wants="one event, with ids and the time as texts",
        look_at="src/utils.py",
    )


async def test_a_follow_that_comes_second_is_a_conflict(
    client: AsyncClient, postgres: PostgresDatabase, serve: Serve
) -> None:
    """When somebody else stores the same follow after the service looked, that is a 409."""
    async with asyncio.timeout(GUARD):
        await postgres.execute("BEGIN")
        await postgres.execute(A_RIVAL, ASHA, ROHAN)  # not to be seen yet
        asked = asyncio.create_task(call(client, "POST", ASHA, ROHAN))
        waits = False
        while not (waits or asked.done()):
            waits = await postgres.fetchval(SOMEBODY_WAITS)
        await postgres.execute("COMMIT")
        answer = await asked
    serve.expect(answer, 409, wants="409 already_following, as the database decides")
    code = answer.json()["error"]["code"]
    expect_equal(code, "already_following", name="the code", wants="the refusal as before")
    kept = await postgres.fetchval("SELECT count(*) FROM outbox")
    expect_equal(kept, 0, name="events", wants="no event for what was refused")


async def test_another_failure_is_no_refusal(
    engine: AsyncEngine, postgres: PostgresDatabase
) -> None:
    """When a row breaks another constraint, nobody is told that the follow is there, or made."""
    for broken, name in (
        (AN_EVENT_TWICE, "an event whose key the outbox has already"),
        (A_USER_GONE, "a user who is gone when the row is inserted"),
    ):
        await postgres.execute(broken)
        with without():
            said = await say(engine, SERVICE, "follow", ASHA, DHA)
        if said.text.partition(" ")[0] in ("done", "AlreadyFollowingError"):
            refuse(
                saw=f"{name}: {said.text}",
                wants="AlreadyFollowingError where there is a follow, and another error for the"
                " rest",
                look_at=said.where or "src/follows/service.py",
            )


async def call(client: AsyncClient, method: str, who: UUID | None, whom: UUID) -> Response:
    """Follow somebody, or no longer."""
    headers = {"X-User-Id": str(who)} if who else {}
    return await client.request(method, f"/api/v1/users/{whom}/follow", headers=headers)


def decoded(payload: str) -> dict[str, object]:
    """Return the payload of an event, with its time as a time."""
    values: dict[str, object] = json.loads(payload)
    return {**values, "at": datetime.fromisoformat(str(values.get("at")))}


class Said(NamedTuple):
    """What a call of a function came to: what it said, and where in the slice, where it failed.

    `spoilt` is what the session said to the next statement after a refusal, if that failed.
    """

    call: str
    text: str
    where: str = ""
    spoilt: str = ""


async def say(engine: AsyncEngine, module: str, function: str, *given: UUID) -> Said:
    """Call a function of the slice with a session, commit what it did, and return what it said."""
    call = f"{module}.{function}({', '.join(NAMES[one] for one in given)})"
    spoilt = ""
    try:
        called = getattr(importlib.import_module(module), function)
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            try:
                told = await called(session, *given)
            except Exception:
                spoilt = await spoilt_by_now(session)
                raise
    except Exception as error:  # noqa: BLE001 - what it raised is what it said
        name = type(error).__name__
        if getattr(sys.modules.get("src.follows.exceptions"), name, None) is type(error):
            return Said(call, f"{name} {getattr(error, 'code', '')}", place_of(error), spoilt)
        said = str(error).partition("[SQL:")[0]
        return Said(call, f"{name}: {said}", place_of(error))
    return Said(call, ", ".join(told.values()) if isinstance(told, dict) else "done")


async def spoilt_by_now(session: AsyncSession) -> str:
    """Return what a session says that takes no statement any more."""
    try:
        await session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def expect_said(said: Said, expected: str, *, wants: str, on: str = "") -> None:
    """Demand what a call says, and a session that goes on after a refusal."""
    __tracebackhide__ = True
    if said.text != expected:
        refuse(
            saw=f"{said.call}{on}: {shorten(said.text, 200)}\ninstead of: {expected}",
            wants=wants,
            look_at=said.where or "src/follows/service.py",
        )
    if said.spoilt:
        refuse(
            saw=f"{said.call}{on}: {said.text}\nand then, in the same session: "
            + shorten(said.spoilt, 120),
            wants="a refusal that takes back its own row and no more: the job goes on with the"
            " same session",
            look_at=said.where,
        )


@contextmanager
def without(*packages: str) -> Iterator[dict[str, str]]:
    """Let the slice be imported anew, as where some packages are not installed.

    Returns what the slice asks for all the same: the name -> the place. The test's own connection
    goes on with its driver, so only the slice is told that there is none.
    """
    asked: dict[str, str] = {}
    forgotten = {"src", *packages}.difference(DRIVERS)

    def deny(name: str) -> NoReturn:
        where = slice_frame()
        if where:
            asked.setdefault(name, f"{where.file}:{where.line}")
        raise ModuleNotFoundError(f"No module named {root(name)!r}", name=root(name))

    class Absent:
        """Finds none of the packages."""

        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if root(name) in packages:
                deny(name)

    def guarded(by: Callable[..., Any]) -> Callable[..., Any]:
        def ask(name: str, *rest: Any, **more: Any) -> Any:
            asker = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - who imports
            if root(name) in packages and root(asker) == "src":
                deny(name)
            return by(name, *rest, **more)

        return ask

    before = {name: sys.modules.pop(name) for name in list(sys.modules) if root(name) in forgotten}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [Absent, *sys.meta_path])
        patch.setattr(builtins, "__import__", guarded(builtins.__import__))
        patch.setattr(importlib, "import_module", guarded(importlib.import_module))
        try:
            yield asked
        finally:
            for name in [name for name in sys.modules if root(name) in forgotten]:
                del sys.modules[name]
            sys.modules.update(before)


def root(name: str) -> str:
    return name.partition(".")[0]


def as_psycopg_says(context: ExceptionContext, *, words: str | None) -> IntegrityError | None:
    """Return a key that exists as psycopg 3 tells it: the server's words, in another class."""
    said = context.original_exception
    if not isinstance(context.sqlalchemy_exception, IntegrityError):
        return None
    violation = type("UniqueViolation", (Exception,), {"__module__": "psycopg.errors"})(
        words or str(said)
    )
    violation.sqlstate = getattr(said, "sqlstate", None)
    violation.diag = SimpleNamespace(
        sqlstate=violation.sqlstate,
        constraint_name=getattr(said.__cause__, "constraint_name", None),
    )
    return IntegrityError(context.statement, context.parameters, violation)


def with_a_role(*roles: str) -> list[str]:
    """Return the modules that the rulebook gives a role without HTTP."""
    names = [
        ".".join(path.relative_to(HERE).with_suffix("").parts)
        for path in sorted((HERE / "src").rglob("*.py"))
    ]
    return [name for name in names if name.rpartition(".")[2] in (roles or ROLES)]


def place_of(error: Exception) -> str:
    """Return where in the slice an error comes from."""
    where = slice_frame_of(error)
    return f"{where.file}:{where.line}" if where else "src"


def line_of(graph: grimp.ImportGraph, importer: str, imported: str) -> tuple[str, str]:
    """Return the place and the text of an import."""
    (first, *_) = graph.get_import_details(importer=importer, imported=imported)
    return f"{importer.replace('.', '/')}.py:{first['line_number']}", first["line_contents"]
