"""A query reads only the documents that it answers with: an index fits its filter and sort."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, NoReturn

import pytest
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.mongo import Command, MongoProbe
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import OperationFailure

from seed import ASHA, POSTS, ROHAN, notification, notifications, seed
from src.main import create_app
from src.notifications.models import Notification

Database = AsyncDatabase[dict[str, Any]]

LIST = "/api/v1/notifications"
COUNT = "/api/v1/notifications/unread-count"
READ_ALL = "/api/v1/notifications/read-all"
TAKE_DOWN = f"/api/v1/posts/{POSTS[0]}/notifications"
AS_ASHA = {"X-User-Id": str(ASHA)}
AS_ROHAN = {"X-User-Id": str(ROHAN)}

FILTER_FIRST = "an index that begins with every field that the filter compares by equality"
INDEXES = "the indexes in src/notifications/models.py"
AT_START = "indexes that are made when the app starts"
CARD = ["actor_name", "created_at", "id", "snippet", "type"]
VERBS = {"update": "change", "delete": "delete"}
THEN_SORT = f"{FILTER_FIRST}, and goes on with what the list is sorted by"


@dataclass(frozen=True)
class Query:
    """What one command asked the server for; `str()` names the fields, not their values."""

    command: Command
    filter: dict[str, Any]
    sort: list[tuple[str, int]]

    def __str__(self) -> str:
        sort = f", sorted by {_in_words(self.sort)}" if self.sort else ""
        return f"{self.command.name}: filter on {', '.join(self.filter) or 'nothing'}{sort}"

    @property
    def equal(self) -> dict[str, Any]:
        """The fields that the filter compares by equality, with their values."""
        return {
            field: value for field, value in self.filter.items() if not isinstance(value, Mapping)
        }

    @property
    def fields(self) -> set[str]:
        """The fields that an index could help with."""
        return {*self.filter, *dict(self.sort)}

    def as_find(self) -> Command:
        """Return a `find` with the same filter: what a plan can be had for on every server."""
        body = {"find": self.command.collection, "filter": self.filter}
        return replace(self.command, name="find", body=body)


@dataclass(frozen=True)
class Index:
    """One index of the collection: its fields in their order, and what it is limited to."""

    keys: list[tuple[str, Any]]
    partial: Mapping[str, Any]

    def __str__(self) -> str:
        limited = f" limited to {_plain(self.partial)}" if self.partial else ""
        return f"({_in_words(self.keys)}){limited}"

    @property
    def conditional(self) -> bool:
        """Whether `$exists` or the like limits it: MongoDB uses it, the stand-in does not."""
        return any(isinstance(value, Mapping) for value in self.partial.values())

    def after_equality(self, equal: Mapping[str, Any]) -> list[tuple[str, Any]] | None:
        """Return the keys behind those that are compared, or None when these do not come first."""
        for field, value in self.partial.items():
            if field not in equal or not (isinstance(value, Mapping) or equal[field] == value):
                return None
        leading = list(takewhile(lambda key: key[0] in equal, self.keys))
        if {*self.partial, *dict(leading)} < set(equal):
            return None
        return self.keys[len(leading) :]

    def gives(self, query: Query) -> bool:
        """Say whether the index leads to the documents of the query, in the order of its sort."""
        rest = self.after_equality(query.equal)
        backwards = [(field, -direction) for field, direction in query.sort]
        ordered = rest is not None and rest[: len(query.sort)] in (query.sort, backwards)
        return ordered and query.sort != []


Ask = Callable[..., Awaitable[list[Query]]]
Check = Callable[..., Awaitable[None]]


@pytest.fixture
async def client(mongodb: Database, serve: Serve) -> AsyncIterator[AsyncClient]:
    """The app, started on a collection that has 240 documents, as after a deployment."""
    await seed(mongodb)
    try:
        async with serve(create_app()) as client:
            yield client
    except OperationFailure as error:
        _refuse_missing_kind(str((error.details or {}).get("errmsg", "")))
        raise


@pytest.fixture
def ask(client: AsyncClient, mongodb: Database, serve: Serve, mongo_probe: MongoProbe) -> Ask:
    """Return a function that calls a route for Asha and gives the queries that came of it."""

    async def asked(method: str, path: str, **params: str) -> list[Query]:
        with mongo_probe.record() as commands:
            response = await client.request(method, path, params=params, headers=AS_ASHA)
        serve.expect(response, 200 if method == "GET" else 204, wants="an answer")
        if method != "GET":  # plans are read with the documents as they were
            await notifications(mongodb).delete_many({})
            await seed(mongodb)
        for command in commands.housekeeping:
            if command.name == "createIndexes":
                saw = f"{method} {path} made an index while the client waited"
                refuse(saw=saw, wants=AT_START, look_at=str(command.where or INDEXES))
        queries = [query for command in commands for query in _queries(command)]
        if not queries:
            refuse(saw=f"{method} {path} asked MongoDB nothing", wants="an answer of that moment")
        return queries

    return asked


@pytest.fixture
def check_reads(mongodb: Database, mongo_probe: MongoProbe) -> Check:
    """Return a function that refuses a query that reads more documents than its answer has."""

    async def check(queries: list[Query], *, answer: int) -> None:
        indexes = await _indexes(mongodb)
        for query in queries:
            plan = await mongo_probe.plan(mongodb, query.as_find())
            fitting = [index for index in indexes if index.after_equality(query.equal) is not None]
            direct = "COLLSCAN" not in plan.stages and plan.examined <= answer
            if fitting and (direct or any(index.conditional for index in fitting)):
                continue
            # Where an index fits a part of the query, servers differ in how much they read.
            if fitting or not any(index.keys[0][0] in query.fields for index in indexes):
                verb = VERBS.get(query.command.name, "answer with")
                saw = f"{plan.examined} documents read to {verb} {answer}"
            else:
                together = " together, in either order" if len(query.equal) > 1 else ""
                saw = f"no index begins with {' and '.join(query.equal)}{together}"
            _refuse(f"{saw}\n{query}\n{_named(indexes)}", FILTER_FIRST, query.command)

    return check


@pytest.mark.guideline("L185", "L193", "L235")
async def test_the_bell_counts_without_reading_the_others(ask: Ask, check_reads: Check) -> None:
    """Counting the unread notifications of one doctor reads those, and nobody else's."""
    await check_reads(await ask("GET", COUNT), answer=12)


@pytest.mark.guideline("L185", "L193", "L235")
@pytest.mark.parametrize(("unread", "answer"), [("true", 12), ("false", 8)], ids=["new", "earlier"])
async def test_both_tabs_read_only_what_they_show(
    unread: str, answer: int, ask: Ask, check_reads: Check
) -> None:
    """Each tab of the bell reads what it shows, and nobody else's notifications."""
    await check_reads(await ask("GET", LIST, unread=unread), answer=answer)


@pytest.mark.guideline("L185", "L193", "L235")
async def test_mark_all_as_read_finds_its_notifications(ask: Ask, check_reads: Check) -> None:
    """Marking one doctor's notifications as read reads the unread ones of that doctor only."""
    await check_reads(await ask("POST", READ_ALL), answer=12)


@pytest.mark.guideline("L185", "L235")
async def test_taking_a_post_down_finds_its_notifications(ask: Ask, check_reads: Check) -> None:
    """Withdrawing the notifications about a post reads those, and none about another post."""
    await check_reads(await ask("DELETE", TAKE_DOWN), answer=12)


@pytest.mark.guideline("L185", "L193")
@pytest.mark.parametrize("unread", ["true", "false"], ids=["new", "earlier"])
async def test_the_index_has_the_order_of_the_list(
    unread: str, ask: Ask, mongodb: Database
) -> None:
    """The list comes out of the index in its order: the server sorts nothing."""
    indexes = await _indexes(mongodb)
    for query in await ask("GET", LIST, unread=unread):
        if any(index.gives(query) for index in indexes):
            continue
        saw = "no index gives this list in its order, so the server sorts"
        if not query.sort:
            saw = "the app sorts: it read every notification of the tab"
        _refuse(f"{saw}\n{query}\n{_named(indexes)}", THEN_SORT, query.command)


async def test_a_list_is_the_doctors_own_and_newest_first(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A tab shows the doctor's own notifications, the newest first, at most `limit` of them."""
    for unread in (True, False):
        params = {"unread": unread, "limit": 5}
        response = await client.get(LIST, params=params, headers=AS_ASHA)
        cards = serve.expect(response, 200, wants="a tab of the bell").json()["items"]
        own = notifications(mongodb).find({"recipient_id": ASHA, "is_read": not unread})
        newest = sorted(await own.to_list(), key=lambda found: found["created_at"], reverse=True)
        name = "unread" if unread else "earlier"
        expect_equal(
            [card["snippet"] for card in cards],
            [found["snippet"] for found in newest[:5]],
            name=name,
            wants="the five newest of this doctor, the newest first",
        )
        expect_equal(sorted(cards[0]), CARD, name="the list of fields in a card", wants="the card")


async def test_the_bell_follows_every_change(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """The number on the bell is that of the moment, and reading all touches no other doctor."""

    async def expect_bell(number: int, headers: dict[str, str], name: str) -> None:
        response = serve.expect(await client.get(COUNT, headers=headers), 200, wants="a number")
        wants = "the number of unread notifications at that moment"
        expect_equal(response.json()["unread"], number, name=name, wants=wants)

    async def arrive(number: int) -> None:
        new = [notification(120) | {"is_read": False} for _ in range(number)]
        await notifications(mongodb).insert_many(new)

    await expect_bell(12, AS_ASHA, "the bell")
    await arrive(1)
    await expect_bell(13, AS_ASHA, "the bell after one more")
    await arrive(200)
    await expect_bell(213, AS_ASHA, "the bell after 201 more")
    serve.expect(await client.post(READ_ALL, headers=AS_ASHA), 204, wants="all marked as read")
    await expect_bell(0, AS_ASHA, "the bell after reading all")
    await expect_bell(12, AS_ROHAN, "the bell of another doctor")


async def test_taking_a_post_down_withdraws_its_notifications_only(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """Nobody keeps a notification about a post that was taken down; all others stay."""
    serve.expect(await client.delete(TAKE_DOWN), 204, wants="the notifications withdrawn")
    stored = notifications(mongodb)
    left = await stored.count_documents({"post_id": POSTS[0]})
    expect_equal(
        left, 0, name="the number of notifications about the post", wants="none of them left"
    )
    others = await stored.count_documents({})
    expect_equal(
        others, 228, name="the number of notifications about other posts", wants="all of them left"
    )


async def _indexes(mongodb: Database) -> list[Index]:
    """Read the indexes of the collection, without the one on `_id` that every collection has."""
    stored = await notifications(mongodb).index_information()
    return [
        Index(keys=list(entry["key"]), partial=_flat(entry.get("partialFilterExpression", {})))
        for name, entry in stored.items()
        if name != "_id_"
    ]


def _named(indexes: list[Index]) -> str:
    named = len(getattr(Notification.Settings, "indexes", []))
    lines = [f"indexes: {', '.join(map(str, indexes)) or 'none'}"]
    if named > len(indexes):  # Beanie compares their fields and directions, not their order
        lines.append(
            f"{len(indexes)} of the {named} indexes in Settings exist; "
            "of those with the same fields, Beanie makes the last one only"
        )
    return "\n".join(lines)


def _in_words(keys: list[tuple[str, Any]]) -> str:
    """Write `created_at desc` for a key that descends, and the bare name for one that ascends."""
    kinds = {1: "", -1: " desc"}
    return ", ".join(f"{field}{kinds.get(kind, f' {kind}')}" for field, kind in keys)


def _plain(value: Any) -> Any:
    return (
        {key: _plain(each) for key, each in value.items()} if isinstance(value, Mapping) else value
    )


def _refuse_missing_kind(problem: str) -> None:
    """Say it where the test server refuses a kind of index that MongoDB has."""
    __tracebackhide__ = True
    kind, said, _ = problem.partition(" indexes are not supported")
    if said:
        saw = f"the test server has no {kind} indexes (MongoDB has)"
        refuse(saw=saw, wants="an ordinary index, which does the same here", look_at=INDEXES)


def _queries(command: Command) -> Iterator[Query]:
    """Read what a command asks for; one update or delete command can hold several statements."""
    body = command.body
    match command.name:
        case "find":
            yield Query(command, _flat(body["filter"]), list(body.get("sort", {}).items()))
        case "aggregate":
            stages = body["pipeline"]
            leading = list(takewhile(lambda stage: "$match" in stage, stages))
            sort: Mapping[str, int] = next(
                (stage["$sort"] for stage in stages if "$sort" in stage), {}
            )
            criteria = _flat({"$and": [stage["$match"] for stage in leading]})
            yield Query(command, criteria, list(sort.items()))
        case "update" | "delete":
            for statement in body[f"{command.name}s"]:
                yield Query(command, _flat(statement["q"]), [])
        case "count" | "distinct" | "findAndModify":
            yield Query(command, _flat(body.get("query", {})), [])


def _flat(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """Write out `$and`, `$eq` and `$in` of one value, as MongoDB does before it plans."""
    flat: dict[str, Any] = {}
    for field, value in criteria.items():
        if field == "$and":
            for part in value:
                flat |= _flat(part)
        elif isinstance(value, Mapping) and set(value) == {"$eq"}:
            flat[field] = value["$eq"]
        elif isinstance(value, Mapping) and set(value) == {"$in"} and len(value["$in"]) == 1:
            flat[field] = value["$in"][0]
        else:
            flat[field] = value
    return flat


def _refuse(saw: str, wants: str, command: Command) -> NoReturn:
    __tracebackhide__ = True
    look_at = f"{command.where} and {INDEXES}" if command.where else INDEXES
    refuse(saw=saw, wants=wants, look_at=look_at)
