from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.errors import OperationFailure

from docfliq_katas.probes.mongo import Commands, MongoProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from pymongo.asynchronous.database import AsyncDatabase

    Database = AsyncDatabase[dict[str, Any]]
    SliceOf = Callable[..., ModuleType]

WANTS = "the same number of commands for any number of notifications"
SLICE = """
    async def unread(database, recipient, **options):
        found = database.notifications.find({"recipient_id": recipient, "is_read": False}, **options)
        return await found.to_list()


    async def one_by_one(database, recipient):
        return [
            await database.profiles.find_one({"user_id": one["actor_id"]}) for one in await unread(database, recipient)
        ]


    async def joined(database, recipient):
        pipeline = [{"$match": {"recipient_id": recipient}}, {"$limit": 100}]
        return await (await database.notifications.aggregate(pipeline)).to_list()
"""


async def fill(database: Database, count: int) -> None:
    """Store so many notifications for each of ten recipients."""
    await database.notifications.delete_many({})
    await database.notifications.insert_many(
        {"recipient_id": f"u-{n % 10}", "is_read": False, "actor_id": f"a-{n}", "snippet": "x" * 100}
        for n in range(10 * count)
    )


async def record(function: Callable[..., Any], *arguments: object, **options: object) -> Commands:
    """Return the commands of one call."""
    with MongoProbe().record() as commands:
        await function(*arguments, **options)
    return commands


async def test_commands_are_counted_with_what_they_brought(mongo_database: Database, slice_of: SliceOf) -> None:
    """Documents, bytes, body and the line of the slice, for each command."""
    service = slice_of(SLICE, "notifications/service.py")
    await fill(mongo_database, 30)
    (whole,) = await record(service.unread, mongo_database, "u-1")
    (part,) = await record(service.unread, mongo_database, "u-1", projection={"snippet": 0}, limit=5)
    assert (whole.name, whole.collection, whole.documents) == ("find", "notifications", 30)
    assert whole.body["filter"] == {"recipient_id": "u-1", "is_read": False}
    assert str(whole.where) == "src/notifications/service.py:3 (unread)"
    assert (part.documents, part.body["limit"], part.body["projection"]) == (5, 5, {"snippet": 0})
    assert part.reply_bytes < whole.reply_bytes / 6 < 30 * 200


async def test_batches_are_commands_too(mongo_database: Database, slice_of: SliceOf) -> None:
    """A long answer comes in getMore commands, each with its documents."""
    await fill(mongo_database, 30)
    commands = await record(slice_of(SLICE).unread, mongo_database, "u-1", batch_size=10)
    assert [command.name for command in commands] == ["find", "getMore", "getMore", "getMore"][: len(commands)]
    assert (commands.documents, len(commands.named("getMore")) >= 2) == (30, True)
    assert {command.collection for command in commands} == {"notifications"}


async def test_commands_that_grow_are_refused(mongo_database: Database, slice_of: SliceOf) -> None:
    """What grew comes first, then the totals, and the line of the slice."""
    service = slice_of(SLICE, "notifications/service.py")
    await fill(mongo_database, 3)
    few = await record(service.one_by_one, mongo_database, "u-1")
    await fill(mongo_database, 30)
    many = await record(service.one_by_one, mongo_database, "u-1")
    with pytest.raises(Verdict) as caught:
        MongoProbe().assert_same_count(few, many, sizes=(3, 30), noun="notifications", wants=WANTS)
    assert caught.value.saw.splitlines() == [
        "31 commands for 30 notifications, 4 for 3 notifications",
        "27 more of: find on profiles",
    ]
    assert caught.value.look_at == "src/notifications/service.py:8 (one_by_one)"


async def test_a_fixed_number_of_commands_passes(mongo_database: Database, slice_of: SliceOf) -> None:
    """One aggregation is one command for any number of documents; none at all is refused."""
    service = slice_of(SLICE)
    await fill(mongo_database, 3)
    few = await record(service.joined, mongo_database, "u-1")
    await fill(mongo_database, 30)
    many = await record(service.joined, mongo_database, "u-1")
    MongoProbe().assert_same_count(few, many, sizes=(3, 30), noun="notifications", wants=WANTS)
    with pytest.raises(Verdict, match="no command at all for 30 notifications"):
        MongoProbe().assert_same_count(few, Commands(), sizes=(3, 30), noun="notifications", wants=WANTS)


@pytest.mark.parametrize("name", ["unread", "joined"])
async def test_a_plan_tells_a_scan_from_an_index(mongo_database: Database, slice_of: SliceOf, name: str) -> None:
    """Without an index every document is read, with one only those that are returned."""
    probe = MongoProbe()
    await fill(mongo_database, 30)
    commands = await record(getattr(slice_of(SLICE), name), mongo_database, "u-1")
    scan = await probe.plan(mongo_database, commands[0])
    assert ("COLLSCAN" in scan.stages, scan.indexes, scan.examined, scan.returned) == (True, (), 300, 30)
    await mongo_database.notifications.create_index([("recipient_id", 1), ("is_read", 1)], name="inbox")
    indexed = await probe.plan(mongo_database, commands[0])
    assert ("IXSCAN" in indexed.stages, indexed.indexes, indexed.examined) == (True, ("inbox",), 30)
    assert "30 documents read for 30 returned" in str(indexed)


async def test_what_has_no_plan_is_an_error(mongo_database: Database) -> None:
    """An insert has no plan to ask for."""
    commands = await record(mongo_database.notifications.insert_one, {"n": 1})
    with pytest.raises(ValueError, match="not for insert"):
        await MongoProbe().plan(mongo_database, commands[0])


async def test_housekeeping_is_kept_apart(mongo_database: Database) -> None:
    """Indexes and collections that a startup makes are no part of an answer."""
    with MongoProbe().record() as commands:
        await mongo_database.notifications.create_index("recipient_id")
        await mongo_database.command("ping")
    names = [command.name for command in commands.housekeeping if not command.name.startswith("sasl")]
    assert (commands.count, names) == (0, ["createIndexes", "ping"])


async def test_failed_commands_are_not_counted(mongo_database: Database) -> None:
    """A command that the server refused brought nothing back."""
    with MongoProbe().record() as commands, pytest.raises(OperationFailure):
        await mongo_database.command("nosuchcommand")
    assert commands.count == 0


async def test_documents_with_uuids_are_measured(mongo_database: Database) -> None:
    """A client that reads UUIDs as such is no trouble."""
    options: CodecOptions[dict[str, Any]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)
    collection = mongo_database.get_collection("cases", codec_options=options)
    await collection.insert_one({"author_id": UUID(int=7)})
    commands = await record(collection.find_one, {"author_id": UUID(int=7)})
    assert commands[0].documents == 1
    plan = await MongoProbe().plan(mongo_database, commands[0])
    assert plan.returned == 1


async def test_nothing_is_heard_outside_of_a_recording(mongo_database: Database) -> None:
    """A recording ends with its block, also when it failed, and another one goes on."""
    probe = MongoProbe()

    def fails_while_recorded() -> None:
        with probe.record():
            raise ValueError("as itself")

    with probe.record() as outer:
        with pytest.raises(ValueError, match="as itself"):
            fails_while_recorded()
        with probe.record() as inner:
            pass
        await mongo_database.notifications.find_one({})
    await mongo_database.notifications.find_one({})
    assert (outer.count, inner.count) == (1, 0)
