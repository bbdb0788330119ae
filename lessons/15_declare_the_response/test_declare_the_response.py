"""Every route declares what it answers with: that is documented, and that alone is sent."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, TypeAlias

import pytest
from bson import ObjectId
from docfliq_katas.probes.compare import expect_equal
from docfliq_katas.probes.http import Serve
from docfliq_katas.probes.verdict import refuse
from httpx import AsyncClient, Response
from pymongo.asynchronous.database import AsyncDatabase

from seed import (
    ANKLE,
    ASHA,
    DRAFT,
    FARAH,
    FEVER,
    MEERA,
    NOTES,
    PROFILES,
    WIDE,
    Form,
    case_notes,
    public_profiles,
    seed,
)
from src.main import create_app

Database: TypeAlias = AsyncDatabase[Form]
Answers: TypeAlias = dict[str, Response]

NOTES_URL, PROFILES_URL = "/api/v1/case-notes", "/api/v1/profiles"
AS_MEERA = {"X-User-Id": str(MEERA)}
ROUTERS = "src/case_notes/router.py, src/profiles/router.py"

DOCUMENTED = "/openapi.json names every field of the table in the README, its type, and no other"
NO_OTHERS = "the fields of the table in the README, and no others"

NO_LIES = "values of the documented types, or an error, as the README says"

WRONG_IN_A_NOTE: Form = {
    "title": ["a while"],
    "specialty": ["a while"],
    "reading_minutes": "a while",
    "updated_at": "a while",
    "sections": [{"heading": "How", "text": ["a while"]}],
    "tags": ["ecg", ["a while"]],
}
WRONG_IN_A_PROFILE: Form = {
    "full_name": ["a while"],
    "specialty": ["a while"],
    "is_verified": "on",  # which may be read as true
}
AUTHOR = {"user_id": "string", "full_name": "string", "is_verified": "boolean"}
CARD: Form = {
    "id": "string",
    "title": "string",
    "specialty": "string",
    "reading_minutes": "integer",
    "useful_count": "integer",
    "updated_at": "string",
    "author": AUTHOR,
}
PROFILE: Form = {
    "user_id": "string",
    "username": "string",
    "full_name": "string",
    "specialty": "null or string",
    "is_verified": "boolean",
}
TABLE: dict[str, Form] = {
    "GET /case-notes": {"items": [CARD]},
    "GET /case-notes/{note_id}": {
        **CARD,
        "sections": [{"heading": "string", "text": "string"}],
        "tags": ["string"],
    },
    "PUT /case-notes/{note_id}/useful": {"id": "string", "useful_count": "integer"},
    "GET /profiles/{username}": PROFILE,
}
LIST, READ, USEFUL, SHOW = TABLE

# In production this is a line in the log: the tests look at what is sent.
pytestmark = pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")


@pytest.fixture
async def client(mongodb: Database, serve: Serve) -> AsyncIterator[AsyncClient]:
    await seed(mongodb)
    async with serve(create_app()) as client:
        yield client


@pytest.mark.guideline("L34", "L231")
async def test_every_answer_is_documented(client: AsyncClient, serve: Serve) -> None:
    """Who writes a client reads in the documentation what each route answers with."""
    answer = await client.get("/openapi.json")
    document = serve.expect(answer, 200, wants="a documentation").json()
    wrong = []
    for route, expected in TABLE.items():
        method, _, path = route.partition(" ")
        operation = document["paths"].get(f"/api/v1{path}", {}).get(method.lower(), {})
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        seen = shape(schema, document.get("components", {}).get("schemas", {}))
        wrong += [f"{route}: {line}" for line in differences(seen, expected)]
    refuse_lines(wrong, wants=DOCUMENTED)


@pytest.mark.guideline("L34", "L230")
async def test_an_answer_has_its_fields_and_no_others(client: AsyncClient, serve: Serve) -> None:
    """What a document has beyond the fields of an answer stays in the database."""
    bodies = await answers_about(client, serve, WIDE, "asha")
    bodies[LIST]["items"] = bodies[LIST]["items"][:2]
    expected = {
        LIST: {"items": [card(WIDE), card(ANKLE)]},
        READ: note(WIDE),
        USEFUL: {"id": str(WIDE), "useful_count": 3},
        SHOW: {
            "user_id": str(ASHA),
            "username": "asha",
            "full_name": "Dr. Asha Menon",
            "specialty": "cardiology",
            "is_verified": True,
        },
    }
    wrong = [
        f"{route}: {line}"
        for route, body in expected.items()
        for line in differences(bodies[route], body)
    ]
    refuse_lines(wrong, wants=NO_OTHERS)


@pytest.mark.guideline("L34", "L230")
async def test_what_is_new_in_a_document_stays_there(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A field that somebody adds to a document tomorrow is in no answer by itself."""
    added = {place: f"x{ObjectId()}" for place in ("a note", "a section", "a review", "a profile")}
    values = {place: {name: "new"} for place, name in added.items()}
    old = dict(NOTES[0])
    review = old["review"] | values["a review"]
    sections = [section | values["a section"] for section in old["sections"]]
    changed = {"review": review, "sections": sections, **values["a note"]}
    await case_notes(mongodb).update_one({"_id": WIDE}, {"$set": changed})
    await public_profiles(mongodb).update_many({}, {"$set": values["a profile"]})
    wrong = []
    for route, answer in (await ask(client, WIDE, "asha")).items():
        text = serve.expect(answer, 200, wants="an answer, whatever is new").text
        if shown := [place for place, name in added.items() if name in text]:
            wrong.append(f"{route} shows what is new in {', '.join(shown)}")
    refuse_lines(wrong, wants=NO_OTHERS)


@pytest.mark.guideline("L230")
async def test_old_documents_are_answered_like_new_ones(client: AsyncClient, serve: Serve) -> None:
    """A field that is documented is in the answer, with its type, also where a document is old."""
    bodies = await answers_about(client, serve, FEVER, "farah")
    expected = {
        LIST: card(FEVER) | {"reading_minutes": 7},
        READ: note(FEVER) | {"reading_minutes": 7, "tags": []},
        USEFUL: {"id": str(FEVER), "useful_count": 1},
        SHOW: {
            "user_id": str(FARAH),
            "username": "farah",
            "full_name": "Dr. Farah Siddiqui",
            "specialty": None,
            "is_verified": False,
        },
    }
    bodies[LIST] = bodies[LIST]["items"][2]
    wrong = []
    for route, body in expected.items():
        seen = {name: bodies[route][name] for name in body if name in bodies[route]}
        wrong += [f"{route}: {line}" for line in differences(seen, body, surplus=False)]
    refuse_lines(wrong, wants="every field of the table, as the type that the table says")


@pytest.mark.guideline("L230")
async def test_what_does_not_fit_is_not_sent(client: AsyncClient, mongodb: Database) -> None:
    """A value that is not what the documentation says is an error of ours, and no answer."""
    wrong = []
    for kind, collection, old, fields in (
        ("a note", case_notes(mongodb), NOTES[0], WRONG_IN_A_NOTE),
        ("a profile", public_profiles(mongodb), PROFILES[0], WRONG_IN_A_PROFILE),
    ):
        this = {name: old[name] for name in ("_id", "username") if name in old}
        for field, value in fields.items():
            await collection.update_one(this, {"$set": {field: value}})
            answers = await ask(client, WIDE, "asha")
            sent = [
                route
                for route, it in answers.items()
                if it.is_success and said(it, "a while", "on")
            ]
            if sent:
                more = f" and {len(sent) - 1} more" if len(sent) > 1 else ""
                wrong.append(f"{kind} with {json.dumps({field: value})}: in {sent[0]}{more}")
            await collection.update_one(this, {"$set": {field: old[field]}})
    refuse_lines(wrong, wants=NO_LIES)


async def test_a_list_is_newest_first_and_without_drafts(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """A list has the notes that are published, the newest first, at most `limit` of them, or 20."""
    for limit in (1, 2, 3, 4):
        answer = await client.get(NOTES_URL, params={"limit": limit})
        items = serve.expect(answer, 200, wants="a list").json()["items"]
        newest = [str(note_id) for note_id in (WIDE, ANKLE, FEVER)]
        seen = [item.get("id") for item in items]
        expect_equal(seen, newest[:limit], name=f"with limit={limit}, items", wants="the newest")
    more = [NOTES[1] | {"_id": ObjectId()} for _ in range(20)]
    await case_notes(mongodb).insert_many(more)
    items = serve.expect(await client.get(NOTES_URL), 200, wants="a list").json()["items"]
    expect_equal(len(items), 20, name="the number of items without a limit", wants="20 notes")
    for limit in (0, 101):
        answer = await client.get(NOTES_URL, params={"limit": limit})
        serve.expect(answer, 422, wants="a limit from 1 to 100")


async def test_what_is_not_there_is_a_404(client: AsyncClient, mongodb: Database) -> None:
    """A draft is not there for anybody, and neither is what nobody has written."""
    for note_id in (DRAFT, ObjectId()):
        answers = await ask(client, note_id, "nobody")
        seen = {route: answer.status_code for route, answer in answers.items() if route != LIST}
        expect_equal(seen, dict.fromkeys((READ, USEFUL, SHOW), 404), name="status", wants="404")
    await expect_stored(mongodb)


async def test_a_note_is_useful_to_somebody_once(
    client: AsyncClient, mongodb: Database, serve: Serve
) -> None:
    """Who says it twice is counted once, and the count is the one that was stored."""
    for user_id, count in ((MEERA, 1), (MEERA, 1), (ASHA, 2)):
        headers = {"X-User-Id": str(user_id)}
        answer = await client.put(f"{NOTES_URL}/{ANKLE}/useful", headers=headers)
        body = serve.expect(answer, 200, wants="200 for whoever finds a note useful").json()
        expect_equal(body["useful_count"], count, name="useful_count", wants="each doctor once")
    await expect_stored(mongodb, {ANKLE: {"useful_to": [MEERA, ASHA]}})


async def test_a_profile_may_be_cached(client: AsyncClient, serve: Serve) -> None:
    """Browsers keep a profile for five minutes, and ask again for one that is not there."""
    answer = serve.expect(await client.get(f"{PROFILES_URL}/rohan"), 200, wants="a profile")
    kept = answer.headers.get("Cache-Control")
    expect_equal(kept, "public, max-age=300", name="Cache-Control", wants="five minutes")
    missing = await client.get(f"{PROFILES_URL}/nobody")
    kept = missing.headers.get("Cache-Control")
    expect_equal(kept, None, name="Cache-Control of a 404", wants="no word on a 404")
    for route, answer in (await ask(client, WIDE, "asha")).items():
        if route != SHOW:
            kept = answer.headers.get("Cache-Control")
            expect_equal(kept, None, name=f"Cache-Control of {route}", wants="a profile only")


async def test_reading_changes_nothing(client: AsyncClient, mongodb: Database) -> None:
    """The documents stay as they are."""
    await client.get(NOTES_URL)
    for note_id in (WIDE, ANKLE, FEVER):
        await client.get(f"{NOTES_URL}/{note_id}")
    await client.get(f"{PROFILES_URL}/farah")
    await expect_stored(mongodb)


async def ask(client: AsyncClient, note_id: ObjectId, username: str) -> Answers:
    """Call every route: about this note and this doctor, where it is about one."""
    one = f"{NOTES_URL}/{note_id}"
    return {
        LIST: await client.get(NOTES_URL),
        READ: await client.get(one),
        USEFUL: await client.put(f"{one}/useful", headers=AS_MEERA),
        SHOW: await client.get(f"{PROFILES_URL}/{username}"),
    }


async def answers_about(
    client: AsyncClient, serve: Serve, note_id: ObjectId, username: str
) -> dict[str, Form]:
    """Return the body of every route, each of them a 200."""
    __tracebackhide__ = True
    answers = await ask(client, note_id, username)
    wants = "an answer, also for old documents"
    return {
        route: json.loads(serve.expect(answer, 200, wants=wants).text.replace('+00:00"', 'Z"'))
        for route, answer in answers.items()
    }


async def expect_stored(mongodb: Database, changes: dict[ObjectId, Form] | None = None) -> None:
    """Demand that the documents are those of the seed, but for these changes."""
    __tracebackhide__ = True
    notes = [stored | (changes or {}).get(stored["_id"], {}) for stored in NOTES]
    wants = "the documents as they are"
    found = await case_notes(mongodb).find({}).sort("_id").to_list()
    expect_equal(found, notes, name="case_notes", wants=wants)
    found = await public_profiles(mongodb).find({}, {"_id": False}).sort("user_id").to_list()
    expect_equal(found, PROFILES, name="public_profiles", wants=wants)


def said(answer: Response, *words: str) -> bool:
    """Say whether one of the words is a text of its own in the answer."""
    return any(json.dumps(word) in answer.text for word in words)


def card(note_id: ObjectId) -> Form:
    """Return a note of the seed as a list has to show it."""
    stored = next(note for note in NOTES if note["_id"] == note_id)
    author = next(doctor for doctor in PROFILES if doctor["user_id"] == stored["author_id"])
    updated_at: datetime = stored["updated_at"]
    return {
        "id": str(note_id),
        "title": stored["title"],
        "specialty": stored["specialty"],
        "reading_minutes": stored["reading_minutes"],
        "useful_count": len(stored.get("useful_to", [])),
        "updated_at": updated_at.isoformat().replace("+00:00", "Z"),
        "author": {
            "user_id": str(author["user_id"]),
            "full_name": author["full_name"],
            "is_verified": author["is_verified"],
        },
    }


def note(note_id: ObjectId) -> Form:
    """Return a note of the seed as its own route has to show it."""
    stored = next(note for note in NOTES if note["_id"] == note_id)
    return card(note_id) | {"sections": stored["sections"], "tags": stored.get("tags")}


def shape(schema: Form, models: Form) -> Any:
    """Say what a schema lets through: a dict of fields, a list of one kind, or a word."""
    if "$ref" in schema:
        found = shape(models[schema["$ref"].rpartition("/")[2]], models)
    elif options := schema.get("anyOf", schema.get("oneOf", schema.get("allOf"))):
        found = one_of([shape(option, models) for option in options])
    elif "properties" in schema:
        found = {name: shape(part, models) for name, part in schema["properties"].items()}
    elif schema.get("type") == "array":
        found = [shape(schema.get("items", {}), models)]
    elif schema.get("type", "object") == "object":
        found = "anything"
    else:
        found = schema["type"]
    if isinstance(found, dict) and schema.get("additionalProperties"):
        found["and anything else"] = "anything"
    return found


def one_of(kinds: list[Any]) -> Any:
    """Say what several kinds are together."""
    different = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
    if len(different) == 1:
        return different[0]
    return " or ".join(sorted(map(in_words, different)))


def in_words(kind: Any) -> str:
    if isinstance(kind, dict):
        return f"an object with {', '.join(kind)}"
    return f"a list of {in_words(kind[0])}" if isinstance(kind, list) else str(kind)


def differences(seen: Any, expected: Any, path: str = "", *, surplus: bool = True) -> Iterator[str]:
    """Yield what is missing, what is too much and what is different, each as a line."""
    if isinstance(seen, dict) and isinstance(expected, dict):
        too_many = [name for name in seen if name not in expected] if surplus else []
        for names, word in (
            ([name for name in expected if name not in seen], "missing"),
            (too_many, "too much"),
        ):
            if names:
                yield f"{word}{f' in {path}' if path else ''}: {', '.join(names)}"
        for name, value in expected.items():
            if name in seen:
                inner = f"{path}.{name}".lstrip(".")
                yield from differences(seen[name], value, inner, surplus=surplus)
    elif isinstance(seen, list) and isinstance(expected, list) and len(seen) == len(expected):
        lines: dict[str, None] = {}
        for left, right in zip(seen, expected, strict=True):
            lines |= dict.fromkeys(differences(left, right, f"{path}[]", surplus=surplus))
        yield from lines
    elif seen != expected or type(seen) is not type(expected):
        is_shape = isinstance(seen, str) and isinstance(expected, dict | list)
        instead = "" if is_shape else f" instead of {expected!r}"
        yield f"{path or 'the answer'} is {seen if is_shape else repr(seen)}{instead}"


def refuse_lines(lines: list[str], *, wants: str) -> None:
    """Fail with the lines, if there are any."""
    __tracebackhide__ = True
    if lines:
        rest = [f"and {len(lines) - 8} more"] if len(lines) > 8 else []
        refuse(saw="\n".join([*lines[:8], *rest]), wants=wants, look_at=ROUTERS)
